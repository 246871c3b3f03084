package pages

import "embed"

//go:embed *.templ mails/*.templ
var source embed.FS

// Source is the pages as they are written, for the tool that copies them into a project.
func Source() embed.FS { return source }
