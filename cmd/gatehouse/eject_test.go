package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

func TestExitOfStatus(t *testing.T) {
	t.Parallel()
	for want, states := range map[int][]scaffold.State{
		0:            {scaffold.Untouched, scaffold.Yours},
		exitWaiting:  {scaffold.Untouched, scaffold.Ours, scaffold.Both, scaffold.Gone, scaffold.Dropped, scaffold.Unresolved},
		exitSecurity: {scaffold.Security, scaffold.Ours},
	} {
		var copies []scaffold.Copy
		for _, state := range states {
			copies = append(copies, scaffold.Copy{State: state})
			if state != scaffold.Yours && state != scaffold.Untouched && exitFor(copies) != want {
				t.Errorf("%v end in %d, want %d", states, exitFor(copies), want)
			}
		}
		if got := exitFor(copies); got != want {
			t.Errorf("%v end in %d, want %d", states, got, want)
		}
	}
}
