package password

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the list
	"io"
	"strings"
	"sync"
)

//go:generate go run common_gen.go

// commonGzip holds some 47,000 passwords that leaked again and again, from the corpus that zxcvbn
// ships (MIT, see common.LICENSE): folded, sorted, one a line.
//
//go:embed common.txt.gz
var commonGzip []byte

// common is the list unpacked, on first use: programs that never ask do not pay for it.
var common = sync.OnceValue(func() wordList {
	r, err := gzip.NewReader(bytes.NewReader(commonGzip))
	if err != nil {
		panic("password: embedded list: " + err.Error())
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic("password: embedded list: " + err.Error())
	}
	return wordList(text)
})

// A wordList is sorted lines, each ended. Searching the text itself takes no memory beside it, where
// a map of the same words takes several times as much.
type wordList string

// has reports whether word is one of the lines.
func (l wordList) has(word string) bool {
	for l != "" {
		start := strings.LastIndexByte(string(l[:len(l)/2]), '\n') + 1
		end := start + strings.IndexByte(string(l[start:]), '\n')
		switch c := strings.Compare(word, string(l[start:end])); {
		case c == 0:
			return true
		case c < 0:
			l = l[:start]
		default:
			l = l[end+1:]
		}
	}
	return false
}
