package queries

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Scenario is damage that is supposed or that happened: small enough to be kept in a file and shared.
type Scenario struct {
	Title   string   `json:"title,omitempty" maxLength:"500" doc:"What it is called"`
	From    string   `json:"from,omitempty" doc:"Day on which it begins" example:"2024-04-03"`
	To      string   `json:"to,omitempty" doc:"First day on which what it hits works again: targets without recovery_days take the days in between"`
	Source  string   `json:"source,omitempty" maxLength:"2000" doc:"Who says so: a document or an address"`
	Note    string   `json:"note,omitempty" maxLength:"5000" doc:"Anything else worth keeping"`
	Targets []Target `json:"targets,omitempty" doc:"What is hit"`
	Remedy  *Remedy  `json:"remedy,omitempty" doc:"What would be done about it: the answer tells the losses before and after"`
	// Demand is answered apart from the targets: see [DemandLosses].
	Demand []DemandCut `json:"demand,omitempty" doc:"Who orders less: the answer tells who upstream loses revenue by it, apart from what the targets cause"`
}

// Target is what a scenario hits: all conditions that it names must hold.
type Target struct {
	Company string `json:"company,omitempty" doc:"A company: id, identifier, name or alias" example:"vertiv"`
	Product string `json:"product,omitempty" doc:"A product and every kind of it: the lines that make it, of the company or of all" example:"liquid-cooling"`
	Country string `json:"country,omitempty" doc:"A country, ISO 3166-1: what is there" example:"TW"`
	By      string `json:"by,omitempty" enum:"headquarters,origin,making,site" doc:"What ties to the country: where companies have their headquarters (default), where what they supply ships from, where they are said to make a product, or where the sites lie that it comes from"`
	// Near and Region are of sites: see [Area].
	Near   string `json:"near,omitempty" maxLength:"100" doc:"What comes from sites within a radius of a place: latitude,longitude,radius, with the unit km (default), m or mi" example:"24.8,121.0,100km"`
	Region string `json:"region,omitempty" maxLength:"500" doc:"What comes from sites in a region, by name or code as facility lists state it; case, width and accents ignored" example:"Hsinchu"`
	// Relation may not be combined with others.
	Relation     string   `json:"relation,omitempty" doc:"One relation: kind~from~to~product" example:"supplies~vertiv~nvidia~liquid-cooling"`
	Capacity     float64  `json:"capacity,omitempty" minimum:"0" maximum:"1" doc:"The part that is left: 0 (default) when it stops"`
	RecoveryDays *float64 `json:"recovery_days,omitempty" minimum:"0" doc:"Days until it works again"`
}

// Ties of a target to a country.
const (
	ByHeadquarters = "headquarters"
	ByOrigin       = "origin"
	ByMaking       = "making"
	BySite         = "site" // also of a target that names a place or a region
)

// area is where the sites lie that a target hits.
func (t Target) area() Area { return Area{Near: t.Near, Region: t.Region} }

// Remedy is what is supposed of the network: relations that are added, removed or changed.
type Remedy struct {
	Title string `json:"title,omitempty" maxLength:"500"`
	// Suppliers are companies that no source names, for Add to bring in by name.
	Suppliers []SupposedSupplier `json:"new_suppliers,omitempty" doc:"Suppliers that are supposed and that no source names; add says what they supply. They depend on nobody that is documented"`

	Add    []SupposedRelation `json:"add,omitempty" doc:"Supplies relations that are supposed; in place of one that exists, if it does"`
	Remove []string           `json:"remove,omitempty" doc:"Ids of supplies relations that are supposed not to be"`
	Change []SupposedRelation `json:"change,omitempty" doc:"Supplies relations of which some numbers are supposed to be others"`
}

// SupposedSupplier is a supplier that no source names.
type SupposedSupplier struct {
	Name    string `json:"name" minLength:"1" maxLength:"500" doc:"What add calls it; no company of the network may be called so" example:"a new supplier"`
	Country string `json:"country,omitempty" doc:"Where it has its headquarters, makes and ships from, ISO 3166-1: a scenario that hits the country hits it too"`
}

// SupposedRelation is a supplies relation as it is supposed; what is left out is not stated, or stays as it is.
type SupposedRelation struct {
	From         string   `json:"from" minLength:"1" doc:"The supplier: id, identifier, name or alias"`
	To           string   `json:"to" minLength:"1" doc:"The buyer"`
	Product      string   `json:"product,omitempty" doc:"What is supplied"`
	ShareOfInput *float64 `json:"share_of_input,omitempty" minimum:"0" maximum:"1"`
	// Takes is how a second source is supposed: see docs/queries/remedies.md.
	Takes         *float64 `json:"takes,omitempty" minimum:"0" maximum:"1" doc:"In add: the supplier takes over this part of the buyer's intake of the product, in every line that needs it, and the parts of the others go down; where it supplies the product already, its part goes up by it. Not together with share_of_input, cost_share, essential or used_in"`
	CostShare     *float64 `json:"cost_share,omitempty" minimum:"0" maximum:"1"`
	Essential     *bool    `json:"essential,omitempty"`
	UsedIn        []string `json:"used_in,omitempty" doc:"Products of the buyer that need it"`
	OriginCountry string   `json:"origin_country,omitempty" doc:"Where it ships from, ISO 3166-1"`
	LeadTimeDays  *float64 `json:"lead_time_days,omitempty" minimum:"0"`
	InventoryDays *float64 `json:"inventory_days,omitempty" minimum:"0"`
}

// Resolve checks the scenario apart from names, and spells out what it leaves to defaults.
func (s Scenario) Resolve() (Scenario, error) {
	if len(s.Targets)+len(s.Demand) == 0 {
		return s, fmt.Errorf("%w: targets: a scenario hits at least one, or cuts demand", graph.ErrInvalid)
	}
	if len(s.Targets) == 0 && s.Remedy != nil {
		return s, fmt.Errorf("%w: remedy: it is compared over what targets cause, and there are none", graph.ErrInvalid)
	}
	days, err := s.days()
	if err != nil {
		return s, err
	}
	s.Targets = slices.Clone(s.Targets)
	for i := range s.Targets {
		if s.Targets[i], err = s.Targets[i].resolve(); err != nil {
			return s, fmt.Errorf("%w (targets[%d])", err, i)
		}
		if s.Targets[i].RecoveryDays == nil {
			s.Targets[i].RecoveryDays = days
		}
	}
	s.Demand = slices.Clone(s.Demand)
	for i := range s.Demand {
		if s.Demand[i], err = s.Demand[i].resolve(); err != nil {
			return s, fmt.Errorf("%w (demand[%d])", err, i)
		}
	}
	return s, nil
}

// days is how long it lasts; nil when that is not said.
func (s *Scenario) days() (*float64, error) {
	var ends [2]graph.Date
	for i, text := range []string{s.From, s.To} {
		if text == "" {
			continue
		}
		d, err := graph.ParseDate(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s %q; allowed: a date such as 2024-04-03", graph.ErrInvalid, [...]string{"from", "to"}[i], text)
		}
		ends[i] = d
	}
	if s.From == "" || s.To == "" {
		return nil, nil
	}
	if ends[1] < ends[0] {
		return nil, fmt.Errorf("%w: to %s is before from %s", graph.ErrInvalid, s.To, s.From)
	}
	days := float64(ends[1] - ends[0])
	return &days, nil
}

func (t Target) resolve() (Target, error) {
	t.Company, t.Product, t.Relation = strings.TrimSpace(t.Company), strings.TrimSpace(t.Product), strings.TrimSpace(t.Relation)
	if !(t.Capacity >= 0 && t.Capacity <= 1) {
		return t, fmt.Errorf("%w: capacity %v; allowed: 0 (it stops) to 1", graph.ErrInvalid, t.Capacity)
	}
	if t.RecoveryDays != nil && !(*t.RecoveryDays >= 0) {
		return t, fmt.Errorf("%w: recovery_days %v; allowed: 0 or more", graph.ErrInvalid, *t.RecoveryDays)
	}
	if t.Relation != "" {
		if t.Company != "" || t.Product != "" || t.Country != "" || t.By != "" || t.area().stated() {
			return t, fmt.Errorf("%w: a target is a relation, or what company, product, country, near and region name, not both", graph.ErrInvalid)
		}
		return t, nil
	}
	area, err := t.area().Resolve()
	if err != nil {
		return t, err
	}
	t.Near, t.Region = area.Near, area.Region
	if t.Company == "" && t.Product == "" && t.Country == "" && !area.stated() {
		return t, fmt.Errorf("%w: a target names a company, a product, a country, a place, a region or a relation", graph.ErrInvalid)
	}
	if area.stated() {
		if t.By, err = oneOf("by", t.By, BySite); err != nil {
			return t, fmt.Errorf("%w: near and region are of sites", err)
		}
	}
	if t.Country == "" {
		if t.By != "" && !area.stated() {
			return t, fmt.Errorf("%w: by %q says what ties to a country, and none is named", graph.ErrInvalid, t.By)
		}
		return t, nil
	}
	code, err := graph.ParseCountry(t.Country)
	if err != nil {
		return t, fmt.Errorf("%w: country %q: %v", graph.ErrInvalid, t.Country, err)
	}
	t.Country = code
	t.By, err = oneOf("by", t.By, ByHeadquarters, ByOrigin, ByMaking, BySite)
	return t, err
}
