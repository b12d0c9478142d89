package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func sitesCommand(p *program) *cobra.Command {
	var q question
	var req queries.SitesRequest
	cmd := &cobra.Command{
		Use:   "sites [NAME]",
		Short: "List sites: where companies make or keep things",
		Long: `Lists the sites that facility lists and other sources describe: by name, place, region, country and who runs them. With
--near the nearest come first. COUNTRY is where the site lies, not where its operator has its headquarters. What is made
or shipped there is what relations that name the site say.`,
		Example: `  tributary sites --near 24.8,121.0,100km
  tributary sites --region Tainan
  tributary sites --operator tsmc --country JP
  tributary sites "Fab 18" -o json`,
		Args: wantArgs(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Query, req.Scope, req.Page = strings.Join(args, " "), q.scope, q.page
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				if req.Operator != "" {
					var err error
					if req.Operator, err = resolve(v, graph.KindCompany, req.Operator); err != nil {
						return answer{}, err
					}
				}
				return sitesAnswer(ctx, v, req)
			})
		},
	}
	areaFlags(cmd, &req.Area, "only sites")
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&req.Country, "country", "", "only sites that lie in this `COUNTRY` (ISO 3166-1: TW, US)")
		f.StringVar(&req.Operator, "operator", "", "only sites that this `COMPANY` runs")
	})
	p.lists(cmd, &q)
	return cmd
}

// areaFlags adds the flags that name a part of the world.
func areaFlags(cmd *cobra.Command, a *queries.Area, what string) {
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&a.Near, "near", "", what+" within a radius: `LATITUDE,LONGITUDE,RADIUS` (24.8,121.0,100km; or m, mi)")
		f.StringVar(&a.Region, "region", "", what+" in this `REGION`, by a name or code that sources state")
	})
}

func sitesAnswer(ctx context.Context, v *graph.View, req queries.SitesRequest) (answer, error) {
	found, err := queries.Sites(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) == 0 {
			o.printf("No site is described under these conditions.\n")
		} else {
			o.table(siteTable(found.Items))
		}
		if found.UnknownPlace > 0 {
			o.printf("Left out, as nobody states where they lie: %s.\n", plural(found.UnknownPlace, "sites"))
		}
	}, func() string { return plural(len(found.Items), "sites") }), nil
}

func siteTable(rows []queries.SiteRow) *table {
	t := &table{columns: []column{{title: "KM", right: true}, {title: "ID", least: 12}, {title: "NAME", least: 16}, {title: "OPERATOR", least: 12}, {title: "COUNTRY"}, {title: "REGIONS", least: 8},
		{title: "PRODUCTS", least: 16}, {title: "PLACE"}, {title: "STATUS"}, {title: "CHINESE", least: 8}, {title: "PROCESSING", least: 8}, {title: "ADDRESS", least: 12}, {title: "IDENTIFIERS", least: 12}}}
	for _, r := range rows {
		distance, operator, place := "", "", ""
		if r.Distance != nil {
			distance = strconv.FormatFloat(*r.Distance, 'f', 1, 64)
		}
		if r.Operator != nil {
			operator = r.Operator.Name
		}
		if r.Latitude != nil {
			place = graph.Place{Latitude: *r.Latitude, Longitude: *r.Longitude}.String()
		}
		t.add(distance, r.ID, r.Name, operator, countryText(r.Country, r.CountryKind), strings.Join(r.Regions, ", "), refNames(r.Products), place, r.Status, r.NameZH,
			strings.Join(r.Processing, ", "), r.Address, strings.Join(r.Identifiers, " "))
	}
	return t
}
