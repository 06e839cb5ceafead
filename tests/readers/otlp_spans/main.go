// otlp_spans FILE: what the OpenTelemetry Collector's unmarshaler makes of traces in JSON, as JSON.
//
// It is stricter than the Collector, which takes whatever it can: a span must have its ids, must not
// end before it starts, and its parent, where it is in the file at all, must be of the same trace.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type link struct {
	Trace string `json:"trace"`
	Span  string `json:"span"`
}

type span struct {
	Trace      string         `json:"trace"`
	ID         string         `json:"id"`
	Parent     string         `json:"parent"`
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	Start      uint64         `json:"start"`
	End        uint64         `json:"end"`
	Status     string         `json:"status"`
	Message    string         `json:"message"`
	Attributes map[string]any `json:"attributes"`
	Links      []link         `json:"links"`
}

type found struct {
	Resources []map[string]any `json:"resources"`
	Scopes    []string         `json:"scopes"`
	Spans     []span           `json:"spans"`
}

func told(from ptrace.Span) span {
	made := span{
		Trace:      from.TraceID().String(),
		ID:         from.SpanID().String(),
		Parent:     from.ParentSpanID().String(),
		Name:       from.Name(),
		Kind:       from.Kind().String(),
		Start:      uint64(from.StartTimestamp()),
		End:        uint64(from.EndTimestamp()),
		Status:     from.Status().Code().String(),
		Message:    from.Status().Message(),
		Attributes: from.Attributes().AsRaw(),
		Links:      []link{},
	}
	for _, each := range from.Links().All() {
		made.Links = append(made.Links, link{each.TraceID().String(), each.SpanID().String()})
	}
	return made
}

func all(traces ptrace.Traces) found {
	made := found{Spans: []span{}}
	raw := func(attributes pcommon.Map) map[string]any { return attributes.AsRaw() }
	for _, resource := range traces.ResourceSpans().All() {
		made.Resources = append(made.Resources, raw(resource.Resource().Attributes()))
		for _, scope := range resource.ScopeSpans().All() {
			made.Scopes = append(made.Scopes, scope.Scope().Name())
			for _, each := range scope.Spans().All() {
				made.Spans = append(made.Spans, told(each))
			}
		}
	}
	return made
}

func check(spans []span) error {
	traces := map[string]string{}
	for _, each := range spans {
		switch {
		case each.Trace == "" || each.ID == "":
			return fmt.Errorf("a span %q has no id", each.Name)
		case traces[each.ID] != "":
			return fmt.Errorf("two spans are %s", each.ID)
		case each.End < each.Start:
			return fmt.Errorf("span %s ends before it starts", each.ID)
		}
		traces[each.ID] = each.Trace
	}
	for _, each := range spans {
		if parents := traces[each.Parent]; parents != "" && parents != each.Trace {
			return fmt.Errorf("span %s has its parent in another trace", each.ID)
		}
		for _, to := range each.Links {
			if traces[to.Span] != "" && traces[to.Span] != to.Trace {
				return fmt.Errorf("a link of span %s names the wrong trace", each.ID)
			}
		}
	}
	return nil
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: otlp_spans FILE")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	if !json.Valid(text) { // the unmarshaler doesn't look at what is behind the first value
		return errors.New("it is not one JSON value")
	}
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(text)
	if err != nil {
		return err
	}
	made := all(traces)
	if err := check(made.Spans); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(made)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
