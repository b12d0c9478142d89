package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) siteRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-sites", Path: "/v1/sites", Summary: "List sites", Tags: []string{"sites"},
		Description: "Where companies make or keep things: by name, place, region, country and operator. Around a place the nearest come first. The country is where the site lies."}, s.listSites)
}

// InArea are the parameters that name a part of the world.
type InArea struct {
	Near   string `query:"near" maxLength:"100" doc:"Within a radius of a place: latitude,longitude,radius, with the unit km (default), m or mi" example:"24.8,121.0,100km"`
	Region string `query:"region" maxLength:"500" doc:"In a region, by a name or code that sources state; case, width and accents ignored" example:"Tainan"`
}

func (in *InArea) area() queries.Area { return queries.Area{Near: in.Near, Region: in.Region} }

type sitesInput struct {
	Located
	Shared
	Scoped
	Paged
	InArea
	Q        string `query:"q" maxLength:"500" doc:"Part of a name, alias, identifier or id; all when absent" example:"Fab 18"`
	Country  string `query:"country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"Country in which the site lies, ISO 3166-1: not that of the operator's headquarters" example:"TW"`
	Operator string `query:"operator" doc:"The company that runs it: id, identifier, name or alias" example:"tsmc"`
}

func (s *Server) listSites(ctx context.Context, in *sitesInput) (*reply[queries.SitesAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url,
		queries.SitesRequest{Scope: in.scope(), Page: in.page(), Area: in.area(), Query: in.Q, Country: in.Country, Operator: in.Operator},
		queries.Sites, func(a *queries.SitesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
