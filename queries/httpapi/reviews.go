package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
	"github.com/tributarygraph/tributary/queries"
)

// reviewRoutes are the queue of doubtful names.
func (s *Server) reviewRoutes() {
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "list-reviews", Method: http.MethodGet, Path: "/v1/reviews", Summary: "List reviews", Tags: []string{"reviews"},
		Description: "Pairs of names that may be one company, as POST /v1/resolve/graph found them, the surest first. settled are those that were decided otherwise, whose record an import has described since, or of which one is no more."}), s.listReviews)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "get-review", Method: http.MethodGet, Path: "/v1/reviews/{id}", Summary: "Show the two of a review side by side", Tags: []string{"reviews"}}), s.getReview)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "decide-review", Method: http.MethodPost, Path: "/v1/reviews/{id}", Summary: "Decide whether two names are one company", Tags: []string{"reviews"},
		Description: "same merges the record into the candidate; different remembers that they are two, so that no rule merges them; undo takes back what was decided. 409 when somebody decided before."}), s.postReview)
}

type listReviewsInput struct {
	Located
	Status string `query:"status" enum:"open,same,different,settled,all" default:"open" doc:"Reviews with this status"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Most items"`
	Cursor string `query:"cursor" pattern:"^[A-Za-z0-9_-]+$" patternDescription:"next_cursor of an answer" doc:"next_cursor of the part before"`
}

// ReviewsAnswer lists reviews.
type ReviewsAnswer struct {
	queries.Answer
	queries.Paging
	Items []review.Pair `json:"items"`
}

// placeInReviews is what a cursor holds: the last item of the part before.
type placeInReviews struct {
	Status    string         `json:"q"`
	Revision  graph.Revision `json:"r"`
	Score     float64        `json:"s"`
	Record    string         `json:"a"`
	Candidate string         `json:"b"`
	ID        string         `json:"i"`
}

func (s *Server) listReviews(ctx context.Context, in *listReviewsInput) (*reply[ReviewsAnswer], error) {
	v, err := s.newestView(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var wanted []review.Status
	if in.Status != "all" {
		wanted = []review.Status{review.Status(in.Status)}
	}
	items, err := review.List(ctx, s.store, v, wanted...)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	answer := &ReviewsAnswer{Answer: reviewAnswer(v), Items: []review.Pair{}}
	total := len(items)
	answer.Total = &total
	if in.Cursor != "" {
		place, err := in.place()
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		last := review.Item{Score: place.Score, Record: place.Record, Candidate: place.Candidate, ID: place.ID}
		items = items[slices.IndexFunc(append(slices.Clip(items), review.Item{Score: -1}), func(x review.Item) bool { return review.Compare(x, last) > 0 }):]
		answer.RevisionChanged = place.Revision != v.Head().Revision
	}
	for _, x := range items[:min(in.Limit, len(items))] {
		answer.Items = append(answer.Items, review.PairOf(v, x))
	}
	out := &reply[ReviewsAnswer]{ContentType: typeJSON, CacheControl: "no-store", Complete: "true", Revision: fmt.Sprint(answer.Revision), Body: answer}
	if len(items) > in.Limit {
		last := items[in.Limit-1]
		answer.Complete, answer.StoppedBecause = false, queries.StoppedByLimit
		text, _ := json.Marshal(placeInReviews{in.Status, v.Head().Revision, last.Score, last.Record, last.Candidate, last.ID}) // text and numbers: it always encodes
		answer.NextCursor = base64.RawURLEncoding.EncodeToString(text)
		next := in.url.Query()
		next.Set("cursor", answer.NextCursor)
		out.Complete, out.Link = "false; "+answer.StoppedBecause, fmt.Sprintf("<%s?%s>; rel=\"next\"", in.url.EscapedPath(), next.Encode())
	}
	return out, nil
}

func (in *listReviewsInput) place() (place placeInReviews, err error) {
	text, err := base64.RawURLEncoding.DecodeString(in.Cursor)
	if err == nil {
		err = json.Unmarshal(text, &place)
	}
	if err != nil || place.ID == "" || place.Status != in.Status {
		return place, fmt.Errorf("%w: cursor: not one that an answer to this question gave", graph.ErrInvalid)
	}
	return place, nil
}

// reviewAnswer is what every answer carries.
func reviewAnswer(v *graph.View) queries.Answer {
	return queries.Answer{AsOf: "any", Revision: uint64(v.Head().Revision), Assumptions: []string{}, Warnings: []string{}, Complete: true}
}

// newestView is the View of the store's present revision: what somebody decided a moment ago must show. Where the
// store cannot be reached it is the one at hand.
func (s *Server) newestView(ctx context.Context) (*graph.View, error) {
	if _, err := s.view(); err != nil {
		return nil, err
	}
	if err := s.views.CatchUp(ctx); err != nil {
		s.log.Warn("the network was not brought up to date before an answer about reviews", "err", err)
	}
	return s.view()
}

type reviewID struct {
	ID string `path:"id" doc:"Id of a review, or its first characters"`
}

// ReviewAnswer is one review.
type ReviewAnswer struct {
	queries.Answer
	review.Pair
}

func (s *Server) getReview(ctx context.Context, in *reviewID) (*reply[ReviewAnswer], error) {
	v, err := s.newestView(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	x, err := review.Get(ctx, s.store, v, in.ID)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return replyReview(v, x, nil), nil
}

func replyReview(v *graph.View, x review.Item, revision *graph.Revision) *reply[ReviewAnswer] {
	a := &ReviewAnswer{Answer: reviewAnswer(v), Pair: review.PairOf(v, x)}
	if revision != nil {
		a.Revision = uint64(*revision)
	}
	return &reply[ReviewAnswer]{ContentType: typeJSON, CacheControl: "no-store", Complete: "true", Revision: fmt.Sprint(a.Revision), Body: a}
}

type decideReviewInput struct {
	ID   string `path:"id" doc:"Id of a review, or its first characters"`
	Body struct {
		Decision string `json:"decision" enum:"same,different,undo" doc:"same: one company; different: two; undo: take back what was decided"`
		By       string `json:"by" minLength:"1" maxLength:"200" doc:"Who decides"`
		Why      string `json:"why,omitempty" maxLength:"2000" doc:"The reason, kept with the decision"`
		Force    bool   `json:"force,omitempty" doc:"Call two the same although their identifiers contradict each other, which is refused otherwise (409)"`
	}
}

func (s *Server) postReview(ctx context.Context, in *decideReviewInput) (*reply[ReviewAnswer], error) {
	v, err := s.view()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	decision := review.Open
	if in.Body.Decision != "undo" {
		decision = review.Status(in.Body.Decision)
	}
	done, err := review.Decide(ctx, s.store, v, in.ID, review.Verdict{Decision: decision, By: graph.Clean(in.Body.By), Why: graph.Clean(in.Body.Why), At: time.Now(), Force: in.Body.Force})
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if v, err = s.newestView(ctx); err != nil {
		return nil, s.fail(ctx, err)
	}
	return replyReview(v, done.Item, &done.Revision), nil
}
