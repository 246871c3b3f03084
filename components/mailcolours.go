package components

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/theme"
)

// mailColours are the host's, or those that the kit's mails have by themselves.
func mailColours(ctx context.Context) theme.Colours {
	if own := scope(ctx).Mail; own != nil {
		return *own
	}
	return theme.Colours{Fill: "#4a48c8", OnFill: "#ffffff", Link: "#3f3db8"}
}

// Mail readers throw style sheets away, so that colours stand where they are used.
func mailFill(ctx context.Context) templ.Attributes {
	fill := mailColours(ctx).Fill
	return templ.Attributes{"bgcolor": fill, "style": "border-radius:8px;background:" + fill}
}

func mailWords(ctx context.Context) templ.Attributes {
	return templ.Attributes{"style": "display:inline-block;padding:13px 22px;font-size:16px;line-height:1.25;font-weight:600;color:" +
		mailColours(ctx).OnFill + ";text-decoration:none;border-radius:8px"}
}

func mailLink(ctx context.Context) templ.Attributes {
	return templ.Attributes{"style": "color:" + mailColours(ctx).Link}
}

// MailColours are those that a host's theme has in the dark, for the head of a mail.
func MailColours() templ.Component { return templ.ComponentFunc(drawMailColours) }

func drawMailColours(ctx context.Context, w io.Writer) error {
	own := scope(ctx).Mail
	if own == nil {
		return nil
	}
	_, err := io.WriteString(w, "<style>@media (prefers-color-scheme: dark) { .fill { background: "+own.DarkFill+" !important; color: "+
		own.DarkOnFill+" !important } .link { color: "+own.DarkLink+" !important } }</style>")
	return err
}
