package components

import "embed"

//go:embed *.templ
var source embed.FS

// Source is the components as they are written, for the tool that copies them into a project.
func Source() embed.FS { return source }
