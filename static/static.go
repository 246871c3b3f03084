// Package static holds what pages load besides HTML: style, script, htmx and the icon, embedded
// in the binary. Each file is served under a name that holds its hash, so that it may be cached
// for ever and a new version is a new address.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed css gatehouse.js htmx.min.js favicon.svg gallery.css gallery.js
var source embed.FS

// styles are the files of folder css, in the order in which they make gatehouse.css.
var styles = []string{"theme", "entrance", "form", "message", "hub"}

// A File is one embedded file, ready to be served.
type File struct {
	// Name is what the file is called here, and HashedName what browsers ask for.
	Name, HashedName string
	ContentType      string
	// ETag is strong and quoted.
	ETag string
	// Integrity is the value of an integrity attribute (SRI, sha384): a proxy that changes a
	// script on its way breaks the script rather than the account behind it.
	Integrity string
	Body      []byte
	// Gzip is Body compressed as far as gzip goes; nil where that saves nothing.
	Gzip []byte
}

// Files lists what there is to serve, in the order of their names.
func Files() []File { return load().list }

// Lookup finds a file by the name that browsers ask for.
func Lookup(hashedName string) (File, bool) {
	f, ok := load().hashed[hashedName]
	return f, ok
}

// URL is where a file is served from when its folder is mounted at prefix. A name that is not
// embedded is kept as it is, so that the mistake shows as a 404 for that name.
func URL(prefix, name string) string {
	if f, ok := load().named[name]; ok {
		name = f.HashedName
	}
	return strings.TrimSuffix(prefix, "/") + "/" + name
}

// URL is where the file is served from when its folder is mounted at prefix.
func (f File) URL(prefix string) string { return strings.TrimSuffix(prefix, "/") + "/" + f.HashedName }

// Integrity is the value of the integrity attribute for a file, or "" for one that is not
// embedded.
func Integrity(name string) string { return load().named[name].Integrity }

type catalogue struct {
	list          []File
	named, hashed map[string]File
}

// Compressing costs tens of milliseconds, which a command that serves nothing should not pay.
var load = sync.OnceValue(func() catalogue {
	c := catalogue{named: map[string]File{}, hashed: map[string]File{}}
	for _, name := range []string{"favicon.svg", "gallery.css", "gallery.js", "gatehouse.css", "gatehouse.js", "htmx.min.js"} {
		f := Make(name, content(name))
		c.list = append(c.list, f)
		c.named[f.Name] = f
		c.hashed[f.HashedName] = f
	}
	return c
})

// content is what is served under a name. The style is kept in several files and served as one.
func content(name string) []byte {
	parts := []string{name}
	if name == "gatehouse.css" {
		parts = parts[:0]
		for _, style := range styles {
			parts = append(parts, "css/"+style+".css")
		}
	}
	var all []byte
	for _, part := range parts {
		body, err := source.ReadFile(part)
		if err != nil {
			panic(fmt.Sprintf("static: embedded file %q unreadable: %v", part, err))
		}
		all = append(all, body...)
	}
	return all
}

// Make describes a file that is made when the program starts, as those that are embedded are. What
// its name ends in says of which kind it is.
func Make(name string, body []byte) File {
	short := sha256.Sum256(body)
	long := sha512.Sum384(body)
	hash := hex.EncodeToString(short[:8])
	ext := path.Ext(name)
	f := File{
		Name:        name,
		HashedName:  strings.TrimSuffix(name, ext) + "." + hash + ext,
		ContentType: contentType(ext),
		ETag:        `"` + hash + `"`,
		Integrity:   "sha384-" + base64.StdEncoding.EncodeToString(long[:]),
		Body:        body,
	}
	if packed := compress(body); len(packed) < len(body) {
		f.Gzip = packed
	}
	return f
}

// contentType does not ask package mime, whose answer depends on the machine's own tables.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	if _, err := w.Write(body); err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	if err := w.Close(); err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	return b.Bytes()
}
