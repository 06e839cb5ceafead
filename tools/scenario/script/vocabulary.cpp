#include "tools/scenario/script/vocabulary.hpp"

#include <algorithm>

namespace termlease::scenario {

namespace {

using enum value_kind;

const parameter of_share{"of", text,
                         "which share: what `as` called it; the youngest one if left out"};

std::vector<word> make_steps() {
  return {
      {"do",
       "somebody asks the runtime for something",
       "METHOD",
       {{"by", text, "who asks: \"operator\", or a name from `people`; the operator if left out"},
        {"with", object, "the command's payload; \"$NAME.FIELD\" stands for what was kept"},
        {"answer", anything,
         "\"ok\" (also if left out), an error's code, \"waits\" while there is none, or an object "
         "that the result has to contain"},
        {"as", text, "a name under which the result is kept"},
        {"together", flag,
         "asked at the same moment as what the next step does; `answered` looks at its answer"}}},
      {"answered",
       "what was asked for in an earlier step is answered by now",
       "NAME",
       {{"answer", anything, "as in `do`"}}},
      {"expect",
       "an event was published that no step has expected before",
       "TOPIC",
       {{"with", object, "what its payload contains; \"*text*\" matches a part of a string"},
        {"within", length, "how long to wait for it; not at all if left out"},
        {"as", text, "a name under which its payload is kept"}}},
      {"unexpected",
       "no such event was published since the last one that was expected",
       "TOPIC",
       {{"with", object, "what its payload would contain"}}},
      {"guest",
       "\"joins\" or \"leaves\"; \"knocks\", where guests wait to be let in; or \"floods\": comes "
       "and goes without a pause",
       "JOINS",
       {of_share,
        {"name", text, "which guest: \"g1\" and so on; the youngest one if left out"},
        {"times", number, "how often it comes and goes in a flood; 100 if left out", false, 1,
         100'000}}},
      {"shown",
       "what stands in the status line of every guest",
       "TEXT",
       {of_share, {"alert", flag, "whether it stands out"}}},
      {"farewell", "what every guest was told at the end", "TEXT", {of_share}},
      {"inside", "how many guests are in", "NUMBER", {of_share}},
      {"fault",
       "something goes wrong, from now on or once",
       "FAULT",
       {{"chance", number, "in how many of a hundred seeds it happens; in all if left out", false,
         0, 100},
        {"when", topic,
         "a topic: not now, but in the midst of things, when the next such record is durable and "
         "nobody knows yet"}}},
      {"repair", "what went wrong works again", "FAULT", {}},
  };
}

/// Of a share's worker, and of the lines that it says.
std::vector<word> worker_faults() {
  return {
      {"worker can't start", "the share's worker can't be executed", "", {}},
      {"worker never ready", "workers start and never say their link", "", {}},
      {"worker torn", "workers die in the midst of saying their link", "", {}},
      {"worker silent", "workers send no heartbeat from now on", "", {}},
      {"worker ignores end", "workers that are told to end don't", "", {}},
      {"worker survives kill", "workers don't even end by SIGKILL", "", {}},
      {"guests read nothing",
       "guests take in nothing, so that a worker's end waits for them",
       "",
       {{"by", length, "for how long; as long as it may if left out"}}},
      {"worker exits",
       "the worker of a share is gone",
       "",
       {of_share, {"status", number, "its exit status; 137, killed, if left out", false, 0, 255}}},
      {"relay is away",
       "a share's relay was lost, its worker looks for it, and nobody can come in",
       "",
       {of_share}},
      {"link changes",
       "a share's relay was found again, and guests come in by another link",
       "",
       {of_share}},
      {"worker says",
       "the worker of a share writes a line that nobody expects",
       "",
       {of_share, {"line", text, "the line", true}}},
      {"worker reports",
       "the worker of a share gives up, and says why",
       "",
       {of_share,
        {"why", text, "the reason, in a few words", true},
        {"relay_lost", flag, "its relay is gone"},
        {"terminal_gone", flag, "its terminal is gone"}}},
      {"worker says half",
       "workers say the first half of their link, and nothing more of it",
       "",
       {}},
      {"orders lost", "what workers are told never arrives", "", {}},
      {"lines lost", "what workers say never arrives", "", {}},
      {"lines repeated", "what workers say arrives twice", "", {}},
      {"lines late", "what workers say arrives late", "", {{"by", length, "how long"}}},
      {"lines reordered",
       "what workers say arrives late by other times, each from the seed, and overtakes itself",
       "",
       {{"by", length, "at most by how long"}}},
  };
}

/// Of everything else on the machine, and of the runtime itself.
std::vector<word> other_faults() {
  return {
      {"relay can't start", "the relay can't be executed", "", {}},
      {"relay never up", "the relay starts and never listens", "", {}},
      {"relay exits", "the relay is gone", "", {}},
      {"tmux fails", "tmux can't be run", "", {}},
      {"no upterm", "upterm is not installed", "", {}},
      {"terminal dies",
       "the program in a terminal ends",
       "",
       {{"terminal", text, "its name; the first one if left out"}}},
      {"disk full", "no record becomes durable, and each writer is told so", "", {}},
      {"disk hangs", "no record becomes durable, and nobody is told", "", {}},
      {"files fail", "no folder or file can be made", "", {}},
      {"clock set",
       "somebody sets the wall clock",
       "",
       {{"by", shift, "how far: \"1h\" or \"-1h\"", true}}},
      {"machine sleeps", "no program runs for a while", "", {{"for", length, "how long", true}}},
      {"alarms late", "an alarm that was taken back may still ring", "", {}},
      {"crash",
       "an actor crashes",
       "",
       {{"actor", text,
         "journal, router, policy gate, approvals, tokens, terminals, relays, shares; or of one "
         "share its session, ttl clock or share worker; or one terminal",
         true, 0, any_number, &actor_names},
        of_share,
        {"terminal", text, "its name, for \"terminal\"; the youngest one if left out"}}},
      {"requester leaves",
       "the connection of somebody is gone",
       "",
       {{"who", text, "\"operator\", or a name from `people`"}}},
      {"policy broken", "somebody makes a mistake in the policy file", "", {}},
      {"runtime killed",
       "the runtime is killed, and started again",
       "",
       {{"for", length, "how long there is none"}}},
      {"runtime stopped", "the runtime is stopped in order, and started again", "", {}},
  };
}

std::vector<word> make_faults() {
  auto all = worker_faults();
  auto others = other_faults();
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

std::vector<word> make_properties() {
  const parameter with{"with", object, "only events whose payload contains this"};
  return {
      {"always",
       "each such event also contains something",
       "TOPIC",
       {with, {"has", object, "what it contains", true}}},
      {"never", "no such event is published", "TOPIC", {with}},
      {"eventually",
       "such an event is published",
       "TOPIC",
       {with,
        {"within", length, "how long after the beginning, or after each `after`", true},
        {"after", topic,
         "a topic: each event of it is followed by such an event of the same share"}}},
      {"sometimes",
       "at least one of the runs that are explored has such an event",
       "TOPIC",
       {with}},
  };
}

} // namespace

const std::vector<word>& step_words() {
  static const auto list = make_steps();
  return list;
}

const std::vector<word>& fault_words() {
  static const auto list = make_faults();
  return list;
}

const std::vector<word>& property_words() {
  static const auto list = make_properties();
  return list;
}

const std::vector<parameter>& file_keys() {
  static const std::vector<parameter> list{
      {"$schema", text, "for editors; `termlease scenario describe --schema` prints it"},
      {"scenario", text, "what it shows, in one sentence", true},
      {"shows", anything, "a list of the numbers of the requirements that it shows"},
      {"seed", number, "of every choice; 0 if left out"},
      {"strategy", text, "of the schedule: fifo, random, pct or recorded; fifo if left out", false,
       0, any_number, &strategy_names},
      {"order", object, "of turns, for the strategy recorded; `scenario from-trace` writes it"},
      {"setting", object, "what is there before the first step"},
      {"steps", anything, "a list: what happens, in order", true},
      {"properties", anything, "a list: what holds over all of it"},
  };
  return list;
}

const std::vector<parameter>& setting_keys() {
  static const std::vector<parameter> list{
      {"policy", anything,
       "\"starter\" (also if left out), \"open\" (the operator may do all), {\"file\": PATH}, or "
       "the "
       "lines of a policy"},
      {"settings", object, "as in settings.toml, by dotted key: {\"shares.max_ttl\": \"2h\"}"},
      {"terminals", anything, "a list of names of terminals; [\"demo\"] if left out"},
      {"people", object,
       "who there is besides the operator: {\"ann\": \"human\", \"bot\": \"agent\"}; \"agent:ann\" "
       "is another ann"},
  };
  return list;
}

std::span<const std::string_view> actor_names() {
  static constexpr std::string_view list[] = {"journal", "router",    "policy gate",  "approvals",
                                              "tokens",  "terminals", "relays",       "shares",
                                              "session", "ttl clock", "share worker", "terminal"};
  return list;
}

std::span<const std::string_view> guest_verbs() {
  static constexpr std::string_view list[] = {"joins", "leaves", "knocks", "floods"};
  return list;
}

std::span<const std::string_view> strategy_names() {
  static constexpr std::string_view list[] = {"fifo", "random", "pct", "recorded"};
  return list;
}

parameter value_of(const word& what) {
  parameter own{what.name, text, what.doc};
  if (what.value == "TOPIC") own.kind = topic;
  if (what.value == "METHOD") own.kind = method;
  if (what.value == "FAULT") own.kind = fault;
  if (what.value == "NUMBER") own.kind = number;
  if (what.value == "JOINS") own.one_of = &guest_verbs;
  return own;
}

const word* find_word(const std::vector<word>& list, std::string_view name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const word& each) { return each.name == name; });
  return found == list.end() ? nullptr : &*found;
}

} // namespace termlease::scenario
