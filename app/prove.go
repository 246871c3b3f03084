package app

// proves reports whether plain is the password of who is signed in; one that is wrong is written
// down. Who has none has proven it otherwise: see [request.unproven].
func (r *request) proves(plain string) (bool, error) {
	user := r.account()
	if user.PasswordHash == "" {
		return true, nil
	}
	right, err := r.verify(r.visit.account, plain)
	if err != nil || right {
		return right, err
	}
	return false, r.act(func(u *unit) error { return u.happened(PasswordRefused, user, nil) })
}
