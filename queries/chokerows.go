package queries

// ChokepointRow is an item of any of the lists, as a row of CSV and NDJSON: list says which one, and what the others
// have and it has not is empty.
type ChokepointRow struct {
	List string `json:"list"`
	ChokeSupplier
	Alone       *int           `json:"alone,omitempty"`
	ByProduct   []ProductRoute `json:"by_product,omitempty"`
	Everything  *bool          `json:"everything,omitempty"`
	Products    []*Ref         `json:"products,omitempty"`
	IsEnd       *bool          `json:"is_end,omitempty"`
	Lines       []StoppedLine  `json:"lines,omitempty"`
	CompanyLoss *Interval      `json:"company_loss,omitempty"`
	Basis       string         `json:"basis,omitempty"`
	Share       *Interval      `json:"share,omitempty"`
	PerhapsAlso []Ref          `json:"perhaps_also,omitempty"`
	Sentence    string         `json:"sentence"`
}

// Rows are the items of all lists, a slice.
func (a *ChokepointsAnswer) Rows() any {
	rows := []ChokepointRow{}
	if a.Routes != nil {
		for _, r := range a.Routes.Items {
			rows = append(rows, ChokepointRow{List: ChokeRoutes, ChokeSupplier: r.ChokeSupplier, Alone: &r.Alone, ByProduct: r.ByProduct, Sentence: r.Sentence})
		}
	}
	if a.MustPass != nil {
		for _, r := range a.MustPass.Items {
			rows = append(rows, ChokepointRow{List: ChokeMustPass, ChokeSupplier: r.ChokeSupplier, Everything: &r.Everything, Products: r.Products, IsEnd: &r.IsEnd, Sentence: r.Sentence})
		}
	}
	if a.Stops != nil {
		for _, r := range a.Stops.Items {
			rows = append(rows, ChokepointRow{List: ChokeStops, ChokeSupplier: r.ChokeSupplier, Lines: r.Lines, CompanyLoss: r.CompanyLoss, Sentence: r.Sentence})
		}
	}
	if a.SoleSources != nil {
		for _, r := range a.SoleSources.Items {
			rows = append(rows, ChokepointRow{List: ChokeSoleSources, ChokeSupplier: r.ChokeSupplier, Basis: r.Basis, Share: r.Share, PerhapsAlso: r.PerhapsAlso, Sentence: r.Sentence})
		}
	}
	return rows
}
