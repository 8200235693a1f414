package cli

import "testing"

func TestWhoami(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	me := `{"subject":"ann","tenant":null,"tenants":["acme","beta"],"permissions":["ingests:read","playback:read"],"signIn":true}`
	d.answer("GET /me", 200, me)
	d.run(t, "whoami", "-o", "json").want(t, 0, me+"\n", "")
	d.run(t, "whoami").want(t, 0, "Subject:  ann\nTenant:\nTenants:  acme, beta\nMay:      ingests:read, playback:read\nSign-in:  on\n", "")
	off := newDouble(t)
	off.answer("GET /me", 200, `{"subject":"local","tenant":"default","tenants":[],"permissions":[],"signIn":false}`)
	off.run(t, "whoami").want(t, 0, "Subject:  local\nTenant:   default\nTenants:\nMay:\nSign-in:  off: whoever reaches the server may do everything\n", "")
}
