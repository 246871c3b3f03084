// Package static holds the application's own files for browsers. The kit serves its own.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"

	"github.com/gofiber/fiber/v2"
)

// Name every kind of file here that shall be served: nothing else leaves this folder.
//
//go:embed *.css *.txt
var files embed.FS

// URL is where a file is served. It changes with the content, so that browsers keep the file for
// as long as it is the same.
func URL(name string) string {
	return "/static/" + name + "?v=" + version(name)
}

// version is "" for a file that is not here; its address answers 404.
func version(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

// Serve answers with the file that the path ends in.
func Serve(c *fiber.Ctx) error {
	name := path.Base(c.Path())
	content, err := files.ReadFile(name)
	if err != nil {
		return fiber.ErrNotFound
	}
	current := version(name)
	c.Set(fiber.HeaderETag, `"`+current+`"`)
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	if c.Query("v") == current {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	if c.Get(fiber.HeaderIfNoneMatch) == `"`+current+`"` {
		return c.SendStatus(fiber.StatusNotModified)
	}
	return c.Type(path.Ext(name), "utf-8").Send(content)
}
