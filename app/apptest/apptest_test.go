package apptest_test

import "testing"

func TestOrdering(t *testing.T) {
	t.Parallel()
	shop().Run(t, ordering)
}
