package formats

import (
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// gleifRelationships are the relationship records of the same register: who belongs to whom.
var gleifRelationships = &Format{
	Name:  "gleif-rr",
	Title: "GLEIF LEI Golden Copy, level 2 relationship records (CSV)",
	Makes: "`owns` of the parent and the child, by their `lei:...`; relations of funds are `associated`",
	Used: []Use{
		{"Relationship.StartNode.NodeID, Relationship.EndNode.NodeID", "`owned` (the child) and `owner` (the parent); of funds `a` and `b`"},
		{"Relationship.RelationshipType", "IS_DIRECTLY_CONSOLIDATED_BY is `control` \"accounting consolidation\"; IS_ULTIMATELY_CONSOLIDATED_BY is `control` \"ultimate accounting consolidation\", where no chain of direct parents in the file leads there; IS_INTERNATIONAL_BRANCH_OF is `control` \"branch\" and `share` 1, since a branch is no other legal person; IS_FUND-MANAGED_BY, IS_SUBFUND_OF, IS_FEEDER_TO are the `role` \"fund managed by\", \"sub-fund of\", \"feeder fund to\""},
		{"Relationship.Period.1 to .5 startDate, endDate, where periodType is RELATIONSHIP_PERIOD", "`valid_from`, `valid_to`"},
		{"Relationship.Quantifiers.1 to .5 QuantifierAmount, where QuantifierUnits is PERCENTAGE", "`share`, as a fraction; only of consolidations"},
		{"Relationship.RelationshipStatus, Registration.RegistrationStatus", "which records are dropped"},
		{"Registration.ValidationSources, Registration.ValidationDocuments", "`basis`: filing where FULLY_CORROBORATED by ACCOUNTS_FILING or REGULATORY_FILING, else company"},
		{"Registration.ValidationReference", "`locator`"},
	},
	Left: []Left{
		{"Relationship.Qualifiers", "the accounting standard of the consolidation"},
		{"periods of accounts and of documents", "when the accounts were drawn up is not when the relation held"},
		{"Registration.ManagingLOU, Registration.LastUpdateDate and the rest of Registration", "about the record, not about the relation"},
	},
	Drops: []string{dropUltimate, dropNodeID, dropRelationType, dropRelationEnded, dropRelationInvalid, dropRelationPending},
	Notes: []string{
		"A child's ultimate parent is a consequence of the chain of direct parents. Where the direct parents that the file states, one after the other, lead to the ultimate parent (today, or on the day on which its record ends), that record is left out, so that no holding is counted twice; where they do not (a direct parent has no LEI, or its own parent is not reported), the record is what tells who controls the child, and is kept.",
		"Consolidation is control, not a share: few records state a percentage, and an unknown share stays unknown.",
	},
	match: hasColumns("Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType"),
	make:  func() records.Converter { return newRelationshipRecords() },
}

// Reasons for which relationship records are left out.
const (
	dropUltimate        = "the ultimate parent of a child, to which the chain of direct parents in the file leads"
	dropNodeID          = "an end is not named by an LEI"
	dropRelationType    = "a type of relationship that is not known"
	dropRelationEnded   = "the relationship is inactive and the day on which it ended is not stated"
	dropRelationInvalid = "the record is a duplicate or was made in error (DUPLICATE, ANNULLED, CANCELLED)"
	dropRelationPending = "the record is not published yet (PENDING...)"
)

// Columns of relationship records that are used; those that are numbered follow.
const (
	rrChild = iota
	rrChildType
	rrParent
	rrParentType
	rrType
	rrStatus
	rrRegistration
	rrSources
	rrDocuments
	rrReference
	rrNumbered
)

// rrGroups is how many periods and quantifiers a record can hold: six columns each.
const (
	rrGroups    = 5
	rrGroupSize = 5
)

var (
	rrOwns = &records.Shape{Kind: graph.KindOwns,
		Columns: []string{"owner", "owned", "control", "share", "valid_from", "valid_to", "basis", "locator"}}
	rrAssociated = &records.Shape{Kind: graph.KindAssociated,
		Columns: []string{"a", "b", "role", "valid_from", "valid_to", "basis", "locator"}}
)

// relationshipRecords makes relations of level 2. It keeps the direct parents and the ultimate ones until the end of the
// file, some hundred thousand records: only then it is known to whom a chain of direct parents leads.
type relationshipRecords struct {
	columns  columns
	direct   map[string][]directParent // by child
	ultimate []*records.Row
	repeated int // ultimate parents that are left out
}

// directParent is one of the direct parents of a child, with the days from and before which it is.
type directParent struct{ parent, from, to string }

// heldAt reports whether it is a parent just before a day, or today where there is none.
func (p directParent) heldAt(end string) bool {
	if end == "" {
		return p.to == ""
	}
	return p.from < end && (p.to == "" || p.to >= end)
}

func newRelationshipRecords() *relationshipRecords {
	want := []string{rrChild: "Relationship.StartNode.NodeID", rrChildType: "Relationship.StartNode.NodeIDType",
		rrParent: "Relationship.EndNode.NodeID", rrParentType: "Relationship.EndNode.NodeIDType",
		rrType: "Relationship.RelationshipType", rrStatus: "Relationship.RelationshipStatus",
		rrRegistration: "Registration.RegistrationStatus", rrSources: "Registration.ValidationSources",
		rrDocuments: "Registration.ValidationDocuments", rrReference: "Registration.ValidationReference"}
	for i := range rrGroups {
		for _, name := range [rrGroupSize]string{"Period.%d.startDate", "Period.%d.endDate", "Period.%d.periodType", "Quantifiers.%d.QuantifierAmount", "Quantifiers.%d.QuantifierUnits"} {
			want = append(want, "Relationship."+fmt.Sprintf(name, i+1))
		}
	}
	return &relationshipRecords{columns: newColumns(want...), direct: map[string][]directParent{}}
}

// Convert makes one relation, now or, of an ultimate parent, at the end.
func (c *relationshipRecords) Convert(r *records.Record, emit records.Emit) error {
	at := c.columns.of(r)
	from, to := c.period(r, at)
	if reason := relationshipLeftOut(r, at, to); reason != "" {
		return &records.Drop{Reason: reason}
	}
	child, parent := strings.TrimSpace(cell(r, at[rrChild])), strings.TrimSpace(cell(r, at[rrParent]))
	for i, lei := range [...]string{child, parent} {
		if lei == "" {
			return &records.Bad{Field: c.columns.want[[...]int{rrChild, rrParent}[i]], Why: "is empty; expected an LEI"}
		}
	}
	basis := "company"
	if document := cell(r, at[rrDocuments]); cell(r, at[rrSources]) == "FULLY_CORROBORATED" && (document == "ACCOUNTS_FILING" || document == "REGULATORY_FILING") {
		basis = "filing"
	}
	locator := cell(r, at[rrReference])
	owns := func(control, share string) *records.Row {
		return &records.Row{Shape: rrOwns, Cells: []string{"lei:" + parent, "lei:" + child, control, share, from, to, basis, locator}}
	}
	associated := func(role string) error {
		return emit(&records.Row{Shape: rrAssociated, Cells: []string{"lei:" + child, "lei:" + parent, role, from, to, basis, locator}})
	}
	switch cell(r, at[rrType]) {
	case "IS_DIRECTLY_CONSOLIDATED_BY":
		share, err := c.share(r, at)
		if err != nil {
			return err
		}
		c.direct[strings.Clone(child)] = append(c.direct[child], directParent{strings.Clone(parent), strings.Clone(from), strings.Clone(to)})
		return emit(owns("accounting consolidation", share))
	case "IS_ULTIMATELY_CONSOLIDATED_BY":
		share, err := c.share(r, at)
		if err != nil {
			return err
		}
		row := owns("ultimate accounting consolidation", share)
		row.Record = r.Number
		for i := range row.Cells {
			row.Cells[i] = strings.Clone(row.Cells[i])
		}
		c.ultimate = append(c.ultimate, row)
		return nil
	case "IS_INTERNATIONAL_BRANCH_OF":
		return emit(owns("branch", "1"))
	case "IS_FUND-MANAGED_BY":
		return associated("fund managed by")
	case "IS_SUBFUND_OF":
		return associated("sub-fund of")
	case "IS_FEEDER_TO":
		return associated("feeder fund to")
	}
	return &records.Drop{Reason: dropRelationType}
}

// Finish emits the ultimate parents to whom no chain of direct ones leads.
func (c *relationshipRecords) Finish(emit records.Emit) error {
	for _, row := range c.ultimate {
		parent, child, end := strings.TrimPrefix(row.Cells[0], "lei:"), strings.TrimPrefix(row.Cells[1], "lei:"), row.Cells[5]
		if c.leads(child, parent, end) {
			c.repeated++
			continue
		}
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

// leads reports whether the direct parents of a child, one after the other, lead to another company; just before the day
// end, or today where it is empty.
func (c *relationshipRecords) leads(child, to, end string) bool {
	seen := map[string]bool{child: true}
	for queue := []string{child}; len(queue) > 0; queue = queue[1:] {
		for _, p := range c.direct[queue[0]] {
			switch {
			case !p.heldAt(end) || seen[p.parent]:
				continue
			case p.parent == to:
				return true
			}
			seen[p.parent] = true
			queue = append(queue, p.parent)
		}
	}
	return false
}

// LeftOut tells of ultimate parents that the chain of direct ones implies.
func (c *relationshipRecords) LeftOut() map[string]int {
	return map[string]int{dropUltimate: c.repeated}
}

// relationshipLeftOut tells why a record is left out; empty where it is not.
func relationshipLeftOut(r *records.Record, at []int, to string) string {
	switch status := cell(r, at[rrRegistration]); {
	case status == "DUPLICATE" || status == "ANNULLED" || status == "CANCELLED":
		return dropRelationInvalid
	case strings.HasPrefix(status, "PENDING"):
		return dropRelationPending
	}
	for _, i := range [...]int{rrChildType, rrParentType} {
		if scheme := cell(r, at[i]); scheme != "LEI" && scheme != "" {
			return dropNodeID
		}
	}
	if cell(r, at[rrStatus]) == "INACTIVE" && to == "" {
		return dropRelationEnded
	}
	return ""
}

// period is when the relationship held.
func (c *relationshipRecords) period(r *records.Record, at []int) (from, to string) {
	for i := rrNumbered; i < len(at); i += rrGroupSize {
		if cell(r, at[i+2]) == "RELATIONSHIP_PERIOD" {
			return dayOf(cell(r, at[i])), dayOf(cell(r, at[i+1]))
		}
	}
	return "", ""
}

// share is the part that a quantifier states; empty where none does.
func (c *relationshipRecords) share(r *records.Record, at []int) (string, error) {
	for i := rrNumbered; i < len(at); i += rrGroupSize {
		amount := cell(r, at[i+3])
		if amount == "" || cell(r, at[i+4]) != "PERCENTAGE" {
			continue
		}
		share, ok := fractionOf(amount)
		if !ok {
			return "", &records.Bad{Field: c.columns.want[i+3], Found: amount, Why: "not a percentage; expected a number such as 51.5"}
		}
		return share, nil
	}
	return "", nil
}
