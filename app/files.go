package app

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/static"
)

// files serves what is embedded for browsers: style, script, icons. Names carry a hash of the
// content, so that a browser asks once and never sees an old one.
type files struct{}

func (files) enable(a *App) error {
	a.add(route{name: "static", path: "/static/gatehouse", files: true})
	return nil
}

// serve answers with a file. It is for everyone and the same for everyone: no session is read.
func (a *App) serve(c *fiber.Ctx) error {
	file, known := static.Lookup(c.Params("name"))
	if a.themed != nil && c.Params("name") == a.themed.HashedName {
		file, known = *a.themed, true
	}
	if !known {
		return a.request(c, &route{name: "static"}).fail(fiber.ErrNotFound)
	}
	a.secureHeaders(c)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set(fiber.HeaderETag, file.ETag)
	c.Vary(fiber.HeaderAcceptEncoding)
	if c.Get(fiber.HeaderIfNoneMatch) == file.ETag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	body := file.Body
	if len(file.Gzip) > 0 && acceptsGzip(c.Get(fiber.HeaderAcceptEncoding)) {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		body = file.Gzip
	}
	return c.Send(body)
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3): a coding of quality 0 is refused.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, weighed := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		if !weighed {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err == nil && q > 0
	}
	return false
}
