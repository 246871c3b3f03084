package states

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func inviteStates() []shown {
	return []shown{
		{"register-invited", outside(), summoned(register(signUp{}), "ada@example.com")},
		{"register-invited-invalid", outside(), wrong(summoned(register(signUp{}), ""))},
		{"invite", inside(), invite("", "editor", "translator")},
		{"invite-empty", inside(), invitedNobody(invite(""))},
		{"invite-invalid", inside(), uninvitable(invite("cara@", "editor"))},
		{"invite-locked", alone(inside()), locked(invite("cara@example.com"), "Form")},
		{"invitation", inside(), invitation(props.Invitation{As: "Ada Lovelace"})},
		{"invitation-other", alone(inside()), invitation(props.Invitation{As: "Ada Lovelace", Other: true, By: longName(), Role: "editor"})},
	}
}

func summoned(p props.Register, by string) props.Register {
	p.Drop("email")
	p.Invited, p.InvitedBy = "bob@example.com", by
	return p
}

func invite(typed string, roles ...string) props.Invite {
	type fields struct {
		Email string `form:"email,required,kind=email"`
		Role  string `form:"role"`
	}
	at := time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)
	button := func(name string) form.Form { return form.Blank(name, "/"+name, &struct{}{}) }
	p := props.Invite{
		Form: form.Blank("invite", "/invite", &fields{Email: typed}), TTL: 7 * 24 * time.Hour, Roles: roles, Back: "/account",
		Newer: "/invite", Older: "/invite?before=x",
		Sent: []props.SentInvitation{
			{Email: "bob@example.com", Role: "editor", State: say("Waiting"), At: at, Until: at.Add(7 * 24 * time.Hour), Waits: true, Again: button("again-1"), Revoke: button("revoke-1")},
			{Email: longName(), State: say("Expired"), Tone: "warn", At: at, Again: button("again-2"), Revoke: button("revoke-2")},
			{Email: "cara@example.com", State: say("Accepted"), Tone: "ok", At: at},
			{Email: "dora@example.com", State: say("Revoked"), At: at},
		},
	}
	if len(roles) == 0 {
		p.Drop("role")
	}
	return p
}

func invitedNobody(p props.Invite) props.Invite {
	p.Sent, p.Newer, p.Older, p.Back = nil, "", "", ""
	return p
}

func uninvitable(p props.Invite) props.Invite {
	p.Fail("email", say("Enter the address to invite."))
	p.Fail("role", say("This role cannot be given. Choose another."))
	return p
}

func invitation(p props.Invitation) props.Invitation {
	p.Form = form.Blank("invitation", "/invitation/x", &struct{}{})
	p.Email, p.Home = "bob@example.com", "/"
	if p.Other {
		p.SignOut = form.Blank("logout", "/logout?next=%2Finvitation%2Fx", &struct{}{})
	}
	return p
}
