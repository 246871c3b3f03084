package states

import (
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func errorStates() []shown {
	return []shown{
		{"error-403", outside(), trouble(403, "You cannot open this page", "Your account does not have access. If you think it should, ask whoever runs this site.", 0, "")},
		{"error-404", outside(), trouble(404, "There is no page here", "The link may be old, or a letter of the address is wrong.", 0, "")},
		{"error-429", outside(), trouble(429, "Too many tries", "Wait a little, then try again. Nothing is lost.", 95, "")},
		{"error-500", outside(), trouble(500, "Something went wrong on our side", "It has been written down. Try again in a moment.", 0, "01JD8Q4M2Z7V")},
	}
}

func trouble(status int, headline, advice string, wait int, id string) props.Error {
	return props.Error{
		Status: status, Headline: say(headline), Advice: say(advice), RetryAfter: wait, RequestID: id,
		Links: []props.Link{{Label: say("Go to the start page"), URL: "/"}, {Label: say("Sign in"), URL: "/login"}},
	}
}
