// mermaid_diagram.mjs PARSER DIAGRAM: what Mermaid's parser makes of a sequence diagram, as JSON.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [parser, file] = process.argv.slice(2);
const LONGEST = 50000; // characters; a longer text is parsed, but not drawn

// What is written as #59; is kept as marks, which are replaced when the diagram is drawn.
const decoded = (text) => (text ?? '').replace(/ﬂ°°(\d+)¶ß/g, (_, number) => String.fromCodePoint(Number(number)));

try {
  const { default: mermaid } = await import(pathToFileURL(parser).href);
  const text = fs.readFileSync(file, 'utf8');
  if (text.length > LONGEST) throw new Error(`a text of ${text.length} characters is not drawn`);
  const { diagramType } = await mermaid.parse(text);
  if (diagramType !== 'sequence') throw new Error(`it is a ${diagramType}`);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const kinds = Object.fromEntries(Object.entries(db.LINETYPE).map(([name, number]) => [number, name]));
  const participants = {};
  for (const [id, each] of db.getActors()) participants[id] = decoded(each.description);
  const lines = db.getMessages().map((each) => [kinds[each.type], each.from, each.to, decoded(each.message)]);
  fs.writeSync(1, JSON.stringify({ participants, lines }));
  process.exit(0);
} catch (problem) {
  fs.writeSync(2, String(problem?.message ?? problem) + '\n');
  process.exit(1);
}
