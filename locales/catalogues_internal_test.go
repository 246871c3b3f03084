package locales

import (
	"fmt"
	"sync"
	"testing"
)

// Whoever sends another preference with every request must not fill the memory, nor get another
// answer than the first who sent it.
func TestPreferencesReadAreBounded(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var visitors sync.WaitGroup
	for visitor := range 4 {
		visitors.Go(func() {
			for i := range 2 * maxRead {
				for range 2 {
					if got := c.Match(fmt.Sprintf("x-%d-%d", visitor, i), fmt.Sprintf("ja, fa;q=0.%d%d", visitor+1, i)).Tag(); got != "fa" {
						t.Errorf("matched %q, want fa", got)
						return
					}
				}
			}
		})
	}
	visitors.Wait()
	kept := 0
	for range c.read.Range {
		kept++
	}
	if kept == 0 || kept > maxRead+4 { // four may be about to keep one more
		t.Errorf("%d preferences are kept, of which there may be %d", kept, maxRead)
	}
}
