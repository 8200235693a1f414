package cli

import (
	"context"
	"strings"
)

type whoamiCmd struct{ remote }

func (c *whoamiCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	me, err := s.Me(ctx)
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	signIn := "on"
	if !me.SignIn {
		signIn = "off: whoever reaches the server may do everything"
	}
	return table(sh.out, [][]string{
		{"Subject:", me.Subject},
		{"Tenant:", text(me.Tenant)},
		{"Tenants:", strings.Join(me.Tenants, ", ")},
		{"May:", strings.Join(me.Permissions, ", ")},
		{"Sign-in:", signIn},
	})
}
