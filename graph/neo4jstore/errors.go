package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	return fmt.Errorf("%w: Neo4j at %s: %s", graph.ErrUnavailable, s.target, s.advice(err))
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
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v; is it overloaded, or does another writer hold it up?", s.opts.Timeout)
	}
	return fmt.Sprintf("cannot be reached; is it running, and are address and port (usually 7687) right? %v", err)
}

// violates reports whether err says that a claim exists already.
func violates(err error) bool {
	var refused *neo4j.Neo4jError
	return errors.As(err, &refused) && refused.Code == "Neo.ClientError.Schema.ConstraintValidationFailed"
}
