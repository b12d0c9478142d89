package formats

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

var (
	ftmCompanies = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "kind", "name", "aliases", "country", "jurisdiction",
		"sector", "status", "lei", "isin", "permid", "opencorporates", "source", "attributes"}}
	ftmISINs   = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "isin", "source"}}
	ftmSources = &records.Shape{Kind: graph.KindSource, Columns: []string{"id", "title", "publisher", "url", "accessed"}}
	ftmOwns    = &records.Shape{Kind: graph.KindOwns, Columns: []string{"owner", "owned", "source", "valid_from",
		"share", "control", "valid_to", "attributes"}}
	ftmAssociated = &records.Shape{Kind: graph.KindAssociated, Columns: []string{"a", "b", "source", "valid_from", "role", "valid_to"}}
	ftmLists      = &records.Shape{Kind: graph.KindLists, Columns: []string{"authority", "listed", "source", "valid_from",
		"programme", "valid_to", "stage", "basis", "quote", "locator", "attributes"}}
	ftmProducts  = &records.Shape{Kind: graph.KindProduct, Columns: []string{"id", "name", "code"}}
	ftmShipments = &records.Shape{Kind: graph.KindSupplies, Columns: []string{"supplier", "buyer", "product", "source", "period",
		"origin_country", "basis", "quote", "attributes"}}
	ftmAwards = &records.Shape{Kind: graph.KindSupplies, Columns: []string{"supplier", "buyer", "source", "valid_from",
		"value", "currency", "basis", "quote", "locator", "attributes"}}
)

// ftm makes rows of entities. Companies are emitted as they come; relations wait for the end of the file, since only then
// it is known which things are companies and which of them have an LEI, and what several entities say of one relation.
type ftm struct {
	scheme  string            // of the ids of the first entity, and of those that no entity of the file has
	others  map[uint64]string // schemes of entities with another one, by the hash of their id
	kinds   map[uint64]bool   // by the hash of an id: whether it is a company
	leis    map[string]string // ids of entities that are known by their LEI
	byLEI   map[string]bool
	sources map[string]bool // that were emitted
	later   map[string]*ftmEntity
	seen    map[uint64]bool // relations, by the hash of their id: whether they stood within an entity

	relations map[ftmKey]*ftmClaim // owns and associated
	listings  map[ftmKey]*ftmClaim
	isins     map[string][]string
	topics    []ftmTopic
	sanctions map[string]bool // entities that a Sanction names
	shipments map[ftmKey]*ftmSum
	products  map[string]string
	contracts map[string]*ftmEntity
	awards    []*ftmEntity
	left      map[string]int

	number int64 // of the record that is being converted
}

// ftmKey identifies the claim that relations become; ends are ids of entities, or for an authority its name.
type ftmKey struct {
	kind                           graph.Kind
	from, to, product, source, day string
	end                            string // of holdings: the day on which it ended
}

func (k ftmKey) compare(o ftmKey) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), cmp.Compare(k.from, o.from), cmp.Compare(k.to, o.to), cmp.Compare(k.product, o.product),
		cmp.Compare(k.source, o.source), cmp.Compare(k.day, o.day), compareEnds(k.end, o.end))
}

// compareEnds orders days on which things ended; an end that is open comes last.
func compareEnds(a, b string) int {
	if a == "" || b == "" {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// series reports whether two keys differ in the end alone.
func (k ftmKey) series(o ftmKey) bool {
	k.end, o.end = "", ""
	return k == o
}

// ftmClaim is what entities say of one relation.
type ftmClaim struct {
	records     int
	first       int64    // record
	words       []string // role, or programmes
	share       string
	percentages []string
	control     string
	to          string // the day on which it ended; empty where one of them does not end
	open        bool   // one of them does not
	stage       string
	quote       string
	locator     string
	attributes  map[string]string
}

// ftmTopic is an entity that a topic calls listed.
type ftmTopic struct {
	id, source, authority string
	topics                []string
	record                int64
}

// unnamedAuthority lists what a topic calls listed and no Sanction of the file names. The datasets of an entity are no
// authorities: a commercial register is among them as well as a list of sanctions.
const unnamedAuthority = "authority not named"

// ftmSum adds up what is supplied.
type ftmSum struct {
	records  int
	first    int64 // record
	amount   decimalSum
	stated   bool // each record has stated an amount
	currency string
	origin   []string
	quote    string
	locator  []string
	code     string
}

func newFTM() *ftm {
	return &ftm{others: map[uint64]string{}, kinds: map[uint64]bool{}, leis: map[string]string{}, byLEI: map[string]bool{}, sources: map[string]bool{}, later: map[string]*ftmEntity{},
		seen: map[uint64]bool{}, relations: map[ftmKey]*ftmClaim{}, listings: map[ftmKey]*ftmClaim{}, isins: map[string][]string{},
		sanctions: map[string]bool{}, shipments: map[ftmKey]*ftmSum{}, products: map[string]string{}, contracts: map[string]*ftmEntity{}, left: map[string]int{}}
}

// hashOf is a number for an id that differs from those of all others, as good as surely.
func hashOf(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// Convert takes one entity, and those nested in it.
func (c *ftm) Convert(r *records.Record, emit records.Emit) error {
	object, ok := r.Tree.(map[string]any)
	if !ok {
		return &records.Bad{Why: "is no object; expected an entity with id, schema and properties"}
	}
	entities, err := flatten(object)
	if err != nil {
		return err
	}
	scheme := schemeOf(object)
	if c.scheme == "" {
		c.scheme = scheme
	}
	for _, e := range entities {
		if h := hashOf(e.id); scheme != c.scheme {
			c.others[h] = scheme
		} else if !e.nested {
			delete(c.others, h) // it stood within an entity of another form before
		}
	}
	c.number = r.Number
	for _, e := range entities {
		if bad := e.checkDays(); bad != nil {
			return bad
		}
	}
	for _, e := range entities[1:] {
		c.takeNested(e)
	}
	return c.take(entities[0], emit)
}

// schemeOf is the scheme of the ids of an entity, and of those within it, by who publishes entities of that form.
func schemeOf(object map[string]any) string {
	if object["referents"] != nil && object["datasets"] != nil {
		return "opensanctions:"
	}
	return "ftm:"
}

// takeNested takes an entity within another: one may stand within many, and in a line of its own as well.
func (c *ftm) takeNested(e *ftmEntity) {
	h := hashOf(e.id)
	if class := ftmClasses[e.schema]; class == ftmCompany {
		if known := c.kinds[h]; !known && c.later[e.id] == nil {
			c.later[e.id] = e
		}
		return
	}
	if _, known := c.seen[h]; !known {
		_ = c.take(e, nil) // emits nothing, and what it leaves out is no record
	}
}

// take takes an entity. emit is nil for one that stood within another, which is no company.
func (c *ftm) take(e *ftmEntity, emit records.Emit) error {
	class := ftmClasses[e.schema]
	c.kinds[hashOf(e.id)] = class == ftmCompany
	switch class {
	case ftmCompany:
		delete(c.later, e.id)
		return c.company(e, emit)
	case ftmEdge:
		return c.takeEdge(e, emit)
	case ftmThing:
		return &records.Drop{Reason: dropNoCompany}
	case ftmDocument:
		return &records.Drop{Reason: dropDocument}
	case ftmPayment:
		return &records.Drop{Reason: dropPayment}
	case ftmPersonal:
		return &records.Drop{Reason: dropPersonal}
	}
	return &records.Drop{Reason: dropUnknownSchema}
}

// takeEdge takes an entity that relates others.
func (c *ftm) takeEdge(e *ftmEntity, emit records.Emit) error {
	h := hashOf(e.id)
	if nested, known := c.seen[h]; known {
		if nested {
			return nil // it stood within another entity, and says the same
		}
		return &records.Drop{Reason: dropRepeated}
	}
	c.seen[h] = e.nested
	if reason := c.edge(e); reason != "" {
		return &records.Drop{Reason: reason}
	}
	if emit == nil {
		return nil
	}
	return c.source(e, emit)
}

// sourceOf names who says what an entity says.
func sourceOf(e *ftmEntity) string {
	if source := e.one("sourceUrl", "publisherUrl", "publisher"); source != "" {
		return source
	}
	return strings.Join(e.datasets, ", ")
}

// source describes the source of an entity, once, where its publisher is named.
func (c *ftm) source(e *ftmEntity, emit records.Emit) error {
	id, publisher := sourceOf(e), e.one("publisher")
	if publisher == "" || c.sources[id] {
		return nil
	}
	c.sources[id] = true
	row := &records.Row{Shape: ftmSources, Cells: []string{id, publisher, publisher, e.one("sourceUrl", "publisherUrl"), e.day("retrievedAt")}}
	return emit(row)
}

// company emits a company, or a person.
func (c *ftm) company(e *ftmEntity, emit records.Emit) error {
	names := e.all("name")
	name := e.caption
	if name == "" && len(names) > 0 {
		name = names[0]
	}
	var aliases []string
	for _, alias := range e.all("name", "alias", "previousName", "abbreviation") {
		if alias != name {
			aliases = append(aliases, alias)
		}
	}
	jurisdiction := oneCountry(validCountries(e.all("jurisdiction")), "")
	country := oneCountry(validCountries(e.all("mainCountry")), "")
	if country == "" {
		country = oneCountry(validCountries(e.all("country")), jurisdiction)
	}
	kind := ""
	switch e.schema {
	case "PublicBody":
		kind = "government"
	case "Person":
		kind = "person"
		if country == "" {
			country = oneCountry(validCountries(e.all("nationality", "citizenship", "country")), "")
		}
	}
	status := e.one("status")
	if status == "" && e.one("dissolutionDate") != "" {
		status = "dissolved"
	}
	lei := validLEI(e.all("leiCode"))
	if lei != "" && !c.byLEI[lei] { // a second entity with this LEI stays known by its own id
		c.byLEI[lei], c.leis[e.id] = true, lei
	}
	if err := c.source(e, emit); err != nil {
		return err
	}
	c.notes(e)
	return emit(&records.Row{Shape: ftmCompanies, Cells: []string{c.id(e.id), kind, name, listOf(aliases), country, jurisdiction,
		e.one("sector"), status, lei, listOf(e.all("isinCode")), e.one("permId"), openCorporatesOf(e.one("opencorporatesUrl")), sourceOf(e), companyAttributes(e)}})
}

// notes keeps what a company says of its relations.
func (c *ftm) notes(e *ftmEntity) {
	for _, parent := range e.all("parent") {
		claim := c.relation(ftmKey{kind: graph.KindOwns, from: parent, to: e.id, source: sourceOf(e)})
		claim.control = "parent company"
	}
	var listed []string
	for _, topic := range e.all("topics") {
		switch topic {
		case "sanction", "sanction.counter", "export.control", "debarment", "invest.ban":
			listed = append(listed, topic)
		}
	}
	if len(listed) == 0 {
		return
	}
	slices.Sort(listed)
	c.topics = append(c.topics, ftmTopic{id: e.id, record: c.number, source: sourceOf(e), authority: cmp.Or(e.one("publisher"), unnamedAuthority), topics: listed})
}

func companyAttributes(e *ftmEntity) string {
	pairs := map[string]string{}
	for _, property := range []string{"registrationNumber", "taxNumber", "vatCode", "innCode", "ogrnCode", "uscCode", "dunsCode", "cikCode", "bvdId",
		"uniqueEntityId", "swiftBic", "wikidataId", "incorporationDate", "dissolutionDate", "topics"} {
		values := e.all(property)
		slices.Sort(values)
		pairs[property] = strings.Join(values, ";")
	}
	return attributesOf(pairs)
}

// id is what a company is called by in rows.
func (c *ftm) id(entity string) string {
	if lei := c.leis[entity]; lei != "" {
		return "lei:" + lei
	}
	return c.named(entity)
}

// named is the id of an entity under the scheme of its publisher.
func (c *ftm) named(entity string) string {
	if len(c.others) > 0 {
		if scheme := c.others[hashOf(entity)]; scheme != "" {
			return scheme + entity
		}
	}
	return c.scheme + entity
}

// relation is the claim of a key.
func (c *ftm) relation(key ftmKey) *ftmClaim {
	claim := c.relations[key]
	if claim == nil {
		claim = &ftmClaim{first: c.number, attributes: map[string]string{}}
		c.relations[key] = claim
	}
	return claim
}

// edge keeps an entity that relates others. It returns why it is left out, if it is.
func (c *ftm) edge(e *ftmEntity) (reason string) {
	switch e.schema {
	case "Contract":
		c.contracts[e.id] = e
		return ""
	case "ContractAward":
		if e.one("supplier") == "" || e.one("contract") == "" {
			return dropNoEnd
		}
		e.record = c.number
		c.awards = append(c.awards, e)
		return ""
	case "Security":
		return c.security(e)
	case "Sanction":
		return c.sanction(e)
	case "EconomicActivity":
		return c.shipment(e)
	case "Ownership":
		return c.between(e, graph.KindOwns, "owner", "asset", "")
	case "Directorship":
		return c.between(e, graph.KindAssociated, "director", "organization", "director")
	}
	return c.between(e, graph.KindAssociated, "subject", "object", "linked") // UnknownLink
}

func (c *ftm) security(e *ftmEntity) string {
	issuers, isins := e.all("issuer"), e.all("isin")
	if len(issuers) == 0 || len(isins) == 0 {
		return dropNoEnd
	}
	for _, issuer := range issuers {
		c.isins[issuer] = append(c.isins[issuer], isins...)
	}
	return ""
}

// between keeps a relation of each first end with each second one.
func (c *ftm) between(e *ftmEntity, kind graph.Kind, first, second, role string) string {
	from, to := e.all(first), e.all(second)
	if len(from) == 0 || len(to) == 0 {
		return dropNoEnd
	}
	for _, a := range from {
		for _, b := range to {
			key := ftmKey{kind: kind, from: a, to: b, source: sourceOf(e), day: e.begin()}
			if kind == graph.KindOwns {
				key.end, _ = e.end()
			}
			known := c.relations[key] != nil
			claim := c.relation(key)
			if !e.nested {
				claim.records++
			}
			claim.ends(e, known)
			if kind == graph.KindOwns {
				claim.owns(e)
				continue
			}
			if roles := e.all("role"); len(roles) > 0 {
				claim.add(roles...)
			} else {
				claim.add(role)
			}
		}
	}
	return ""
}

// ends notes when a relation ended: the latest day, and never where one of those that say it does not end.
func (c *ftmClaim) ends(e *ftmEntity, known bool) {
	latest, _ := e.end()
	if latest == "" || !known || c.to != "" && latest > c.to {
		c.to = latest
	}
	if known && c.open {
		c.to = ""
	}
	c.open = c.to == ""
}

func (c *ftmClaim) add(words ...string) {
	for _, word := range words {
		if word != "" && !slices.Contains(c.words, word) {
			c.words = append(c.words, word)
		}
	}
	slices.Sort(c.words)
}

// owns reads how much of it, and whether that is control. Shares that differ are none.
func (c *ftmClaim) owns(e *ftmEntity) {
	for _, percentage := range e.all("percentage") {
		if !slices.Contains(c.percentages, percentage) {
			c.percentages = append(c.percentages, percentage)
		}
	}
	slices.Sort(c.percentages)
	c.share = ""
	if len(c.percentages) == 1 {
		if share, ok := fractionOf(c.percentages[0]); ok && (share == "1" || share[0] == '0') {
			c.share = share
		}
	}
	c.attributes["percentage"] = ""
	if c.share == "" {
		c.attributes["percentage"] = strings.Join(c.percentages, ";")
	}
	for _, name := range [...]string{"sharesCount", "sharesType", "role"} {
		if values := e.all(name); len(values) > 0 {
			slices.Sort(values)
			c.attributes[name] = strings.Join(values, ";")
		}
	}
	for _, words := range e.all("role", "ownershipType") {
		lower := strings.ToLower(words)
		for _, sign := range []string{"subsidiary", "parent", "control", "majority"} {
			if strings.Contains(lower, sign) {
				c.control = words
			}
		}
	}
}

// sanction keeps a listing.
func (c *ftm) sanction(e *ftmEntity) string {
	entities, authority := e.all("entity"), cmp.Or(e.one("authority"), e.one("publisher"))
	if authority == "" && len(e.datasets) > 0 {
		authority = e.datasets[0]
	}
	if len(entities) == 0 || authority == "" {
		return dropNoEnd
	}
	for _, entity := range entities {
		c.sanctions[entity] = true
		claim := c.listing(ftmKey{kind: graph.KindLists, from: authority, to: entity, source: sourceOf(e), day: e.begin()}, e)
		claim.add(e.all("program", "programId")...)
	}
	return ""
}

// listing is the claim of a key, with what the entity says of it.
func (c *ftm) listing(key ftmKey, e *ftmEntity) *ftmClaim {
	claim := c.listings[key]
	known := claim != nil
	if !known {
		claim = &ftmClaim{first: c.number, attributes: map[string]string{}}
		c.listings[key] = claim
	}
	if !e.nested {
		claim.records++
	}
	claim.ends(e, known)
	stage := ""
	switch strings.ToLower(e.one("status")) {
	case "expired", "inactive", "revoked", "removed", "delisted", "terminated", "lifted":
		if claim.to == "" {
			stage = "ended"
		}
	}
	if !known || stage == "" { // one that still counts outweighs those that ended
		claim.stage = stage
	}
	if quote := e.one("reason", "summary"); claim.quote == "" || quote != "" && quote < claim.quote {
		claim.quote = quote
	}
	if locator := e.one("authorityId", "unscId", "recordId"); claim.locator == "" || locator != "" && locator < claim.locator {
		claim.locator = locator
	}
	for _, name := range []string{"provisions", "status"} {
		values := e.all(name)
		if before := claim.attributes[name]; before != "" {
			values = append(values, strings.Split(before, ";")...)
		}
		slices.Sort(values)
		claim.attributes[name] = strings.Join(slices.Compact(values), ";")
	}
	return claim
}

// shipment adds a customs declaration to those of its year.
func (c *ftm) shipment(e *ftmEntity) string {
	sender, receiver := e.one("sender"), e.one("receiver")
	if sender == "" || receiver == "" {
		return dropNoEnd
	}
	product, code := "", e.one("vedCode")
	if code != "" {
		product = "hs:" + code
		if name := e.one("vedCodeDescription"); c.products[code] == "" || name != "" && name < c.products[code] {
			c.products[code] = name
		}
	}
	year := e.day("date", "startDate")
	key := ftmKey{kind: graph.KindSupplies, from: sender, to: receiver, product: product, source: sourceOf(e), day: year[:min(len(year), 4)]}
	sum := c.shipments[key]
	if sum == nil {
		sum = &ftmSum{first: c.number, stated: true, code: code}
		c.shipments[key] = sum
	}
	sum.add(e, e.one("invoiceAmount"))
	for _, country := range validCountries(e.all("originCountry")) {
		if !slices.Contains(sum.origin, country) {
			sum.origin = append(sum.origin, country)
		}
	}
	if quote := e.one("goodsDescription"); sum.quote == "" || quote != "" && quote < sum.quote {
		sum.quote = quote
	}
	return ""
}

func (s *ftmSum) add(e *ftmEntity, amount string) {
	if !e.nested {
		s.records++
	}
	s.stated = s.amount.add(amount) && s.stated
}

// Finish emits what waited.
func (c *ftm) Finish(emit records.Emit) error {
	for _, id := range slices.Sorted(maps.Keys(c.later)) {
		if err := c.take(c.later[id], emit); err != nil {
			return err
		}
	}
	for _, step := range []func(records.Emit) error{c.finishISINs, c.finishRelations, c.finishListings, c.finishTopics, c.finishShipments, c.finishAwards} {
		if err := step(emit); err != nil {
			return err
		}
	}
	return nil
}

// LeftOut tells of records that were taken and turned out, at the end, to be left out: how many, by reason.
func (c *ftm) LeftOut() map[string]int { return c.left }

// noCompany reports whether the file says of an id that it is something else than a company.
func (c *ftm) noCompany(id string) bool {
	company, known := c.kinds[hashOf(id)]
	return known && !company
}

func (c *ftm) finishISINs(emit records.Emit) error {
	for _, issuer := range slices.Sorted(maps.Keys(c.isins)) {
		isins := c.isins[issuer]
		slices.Sort(isins)
		if c.noCompany(issuer) {
			continue
		}
		if err := emit(&records.Row{Shape: ftmISINs, Cells: []string{c.id(issuer), listOf(slices.Compact(isins)), "securities"}}); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeysOf[V any](claims map[ftmKey]V) []ftmKey {
	return slices.SortedFunc(maps.Keys(claims), ftmKey.compare)
}

// finishRelations emits holdings and other relations. Holdings of one pair and source that begin on one day and end on
// several follow one another: registers write so how a share changed. Each begins where the one before it ended.
func (c *ftm) finishRelations(emit records.Emit) error {
	last := ftmKey{}
	for _, key := range sortedKeysOf(c.relations) {
		claim, begin := c.relations[key], key.day
		if key.kind == graph.KindOwns && key.series(last) {
			begin = last.end
		}
		last = key
		if c.noCompany(key.from) || c.noCompany(key.to) {
			c.left[dropEndNoCompany] += claim.records
			continue
		}
		row := &records.Row{Shape: ftmAssociated, Record: claim.first, Cells: []string{c.id(key.from), c.id(key.to), key.source, key.day, strings.Join(claim.words, "; "), claim.to}}
		if key.kind == graph.KindOwns {
			row = &records.Row{Shape: ftmOwns, Record: claim.first, Cells: []string{c.id(key.from), c.id(key.to), key.source, begin, claim.share, claim.control, key.end, attributesOf(claim.attributes)}}
		}
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

func (c *ftm) finishListings(emit records.Emit) error {
	for _, key := range sortedKeysOf(c.listings) {
		claim := c.listings[key]
		if c.noCompany(key.to) {
			c.left[dropEndNoCompany] += claim.records
			continue
		}
		if err := emit(&records.Row{Shape: ftmLists, Record: claim.first, Cells: []string{key.from, c.id(key.to), key.source, key.day,
			listOf(claim.words), claim.to, claim.stage, "regulator", claim.quote, claim.locator, attributesOf(claim.attributes)}}); err != nil {
			return err
		}
	}
	return nil
}

// finishTopics lists what topics call listed and no Sanction names.
func (c *ftm) finishTopics(emit records.Emit) error {
	for _, topic := range c.topics {
		if c.sanctions[topic.id] {
			continue
		}
		if err := emit(&records.Row{Shape: ftmLists, Record: topic.record, Cells: []string{topic.authority, c.id(topic.id), topic.source, "", listOf(topic.topics), "", "", "", "", "", ""}}); err != nil {
			return err
		}
	}
	return nil
}

func (c *ftm) finishShipments(emit records.Emit) error {
	for _, code := range slices.Sorted(maps.Keys(c.products)) {
		if err := emit(&records.Row{Shape: ftmProducts, Cells: []string{"hs:" + code, cmp.Or(c.products[code], "HS "+code), code}}); err != nil {
			return err
		}
	}
	for _, key := range sortedKeysOf(c.shipments) {
		sum := c.shipments[key]
		if c.noCompany(key.from) || c.noCompany(key.to) {
			c.left[dropEndNoCompany] += sum.records
			continue
		}
		pairs := map[string]string{"shipments": itoa(sum.records)}
		if sum.stated {
			pairs["invoiceAmount"] = sum.amount.String()
		}
		if err := emit(&records.Row{Shape: ftmShipments, Record: sum.first, Cells: []string{c.id(key.from), c.id(key.to), key.product, key.source, key.day,
			oneCountry(sum.origin, ""), "customs", sum.quote, attributesOf(pairs)}}); err != nil {
			return err
		}
	}
	return nil
}

// finishAwards adds up awards of one contract, supplier and day.
func (c *ftm) finishAwards(emit records.Emit) error {
	sums := map[ftmKey]*ftmSum{}
	for _, e := range c.awards {
		contract := c.contracts[e.one("contract")]
		authority := ""
		if contract != nil {
			authority = contract.one("authority")
		}
		supplier := e.one("supplier")
		switch {
		case authority == "":
			c.leave(e, dropNoContract)
			continue
		case c.noCompany(supplier) || c.noCompany(authority):
			c.leave(e, dropEndNoCompany)
			continue
		}
		source := cmp.Or(e.one("sourceUrl"), contract.one("sourceUrl"), c.named(contract.id))
		key := ftmKey{kind: graph.KindSupplies, from: supplier, to: authority, source: source, day: cmp.Or(e.begin(), contract.day("contractDate"))}
		sum := sums[key]
		if sum == nil {
			sum = &ftmSum{first: e.record, stated: true, currency: e.one("currency"), quote: contract.one("title", "name"), code: e.one("cpvCode")}
			sums[key] = sum
		}
		sum.add(e, e.one("amount"))
		sum.stated = sum.stated && sum.currency == e.one("currency")
		sum.locator = append(sum.locator, e.all("lotNumber")...)
	}
	for _, key := range sortedKeysOf(sums) {
		sum := sums[key]
		value, currency := "", ""
		if sum.stated && sum.currency != "" {
			value, currency = sum.amount.String(), sum.currency
		}
		slices.Sort(sum.locator)
		locator := ""
		if lots := slices.Compact(sum.locator); len(lots) > 0 {
			locator = "lot " + strings.Join(lots, ", ")
		}
		if err := emit(&records.Row{Shape: ftmAwards, Record: sum.first, Cells: []string{c.id(key.from), c.id(key.to), key.source, key.day,
			value, currency, "company", sum.quote, locator, attributesOf(map[string]string{"cpvCode": sum.code, "awards": itoa(sum.records)})}}); err != nil {
			return err
		}
	}
	return nil
}

func (c *ftm) leave(e *ftmEntity, reason string) {
	if !e.nested {
		c.left[reason]++
	}
}
