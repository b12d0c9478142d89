package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
)

// explain turns an error of the driver into one that says what to do. ctx is the caller's: when it has ended,
// that is the reason.
func (s *Store) explain(ctx context.Context, err error) error {
	var made errMade
	switch {
	case errors.As(err, &made):
		return made.error
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	err = cause(err)
	said := fmt.Errorf("%w: Neo4j at %s: %s", graph.ErrUnavailable, s.target, s.advice(err))
	var refused *neo4j.Neo4jError
	if errors.As(err, &refused) && strings.HasPrefix(refused.Code, "Neo.ClientError.Security.") {
		return loginError{said}
	}
	return said
}

// loginError is an error that has to do with user and password.
type loginError struct{ error }

func (e loginError) Unwrap() error { return e.error }

// IsLogin reports whether err is about the user or the password: who they are or what they may do.
func IsLogin(err error) bool { return errors.As(err, new(loginError)) }

// cause is what went wrong below what the driver says of its own attempts: its errors for that cannot be unwrapped.
func cause(err error) error {
	var limit *neo4j.TransactionExecutionLimit
	var connectivity *neo4j.ConnectivityError
	switch {
	case errors.As(err, &limit) && len(limit.Errors) > 0:
		return cause(limit.Errors[len(limit.Errors)-1])
	case errors.As(err, &connectivity):
		return cause(connectivity.Inner)
	}
	return err
}

// isLost reports whether err, of the driver, is that the server cannot be reached.
func isLost(err error) bool {
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) && len(limit.Errors) > 0 {
		return !errors.As(limit.Errors[len(limit.Errors)-1], new(*neo4j.Neo4jError))
	}
	return errors.As(err, new(*neo4j.ConnectivityError))
}

func (s *Store) advice(err error) string {
	var refused *neo4j.Neo4jError
	if errors.As(err, &refused) {
		switch code := refused.Code; {
		case code == "Neo.ClientError.Security.Unauthorized":
			if s.opts.User == "" {
				return "it asks for a user and a password, and none was given"
			}
			return fmt.Sprintf("it refuses user %q with this password; check both", s.opts.User)
		case code == "Neo.ClientError.Security.AuthenticationRateLimit":
			return fmt.Sprintf("it refuses user %q for a while, after too many wrong passwords; wait some seconds, then check the password", s.opts.User)
		case code == "Neo.ClientError.Security.CredentialsExpired":
			return fmt.Sprintf("the first password of user %q must be changed (ALTER CURRENT USER SET PASSWORD) before it can be used", s.opts.User)
		case code == "Neo.ClientError.Database.DatabaseNotFound":
			return fmt.Sprintf("it has no database %q; SHOW DATABASES lists what it has", s.opts.Database)
		case strings.HasPrefix(code, "Neo.ClientError.Security."):
			return fmt.Sprintf("user %q may not do this: %s", s.opts.User, refused.Msg)
		case code == "Neo.TransientError.General.MemoryPoolOutOfMemoryError":
			return "it has too little memory for this (server.memory.heap.max_size, dbms.memory.transaction.total.max): " + refused.Msg
		}
		return refused.Code + ": " + refused.Msg
	}
	if text := unreachable(err); text != "" {
		return text
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v; is it overloaded, or does another writer hold it up?", s.opts.Timeout)
	}
	return fmt.Sprintf("no connection; is this its Bolt port (usually 7687; 7474 is for browsers), and does it want TLS (+s) or not? (%v)", err)
}

// unreachable says why no connection can be made; empty when that is not what went wrong.
func unreachable(err error) string {
	var name *net.DNSError
	var dialing *net.OpError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the host %q is not known; check the address (%s)", name.Name, name.Err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody answers there; is it running, and is the port right (usually 7687)?"
	case errors.As(err, &dialing) && dialing.Op == "dial" && dialing.Timeout():
		return fmt.Sprintf("no answer within %v; are host and port (usually 7687) right, and does a firewall stand between?", connectTimeout)
	}
	return ""
}

// violates reports whether err says that a claim exists already.
func violates(err error) bool {
	var refused *neo4j.Neo4jError
	return errors.As(err, &refused) && refused.Code == "Neo.ClientError.Schema.ConstraintValidationFailed"
}
