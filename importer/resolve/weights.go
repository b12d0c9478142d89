package resolve

// weights are what each feature adds to the logarithm of the odds that two names mean the same company. They were
// fitted on the development pairs alone (testdata/pairs-dev.csv) by logistic regression, drawn towards values that were
// set by hand before, and with signs that sense demands: a further place never speaks for a match, however few pairs
// say so. Former names and translations that nothing in the names tells were left out of the fit. A few that the pairs
// say little of, marked so, keep a small value set by hand.
var weights = [numFeatures]float64{
	featBase:         0.24,
	featCoreEqual:    0.87,
	featCoreMisspelt: 1.2,
	featCoreSound:    1.3,
	featCoreSome:     -0.9,
	featCoreNone:     -3, // by hand: the names share nothing that tells companies apart
	featNoCore:       -0.7,
	featExtraCore:    -0.4, // by hand
	featLineSame:     0.75,
	featExtraLine:    -0.35,
	featOtherLine:    -2.6,
	featExtraUnit:    -0.5,
	featOtherUnit:    -2.1,
	featExtraPlace:   -1.3,
	featOtherPlace:   -2.3,
	featLeadPlace:    -0.2, // by hand
	featNumber:       -3.1,
	featExtraGroup:   -0.25,
	featFormal:       -1.65,
	featLegalSame:    0.3,
	featLegalOther:   -2.55,
	featLegalForeign: -1.6,
	featAcronym:      2.4,
	featShortened:    1.5,
	featScripts:      -0.2, // by hand
	featAllSame:      1.5,
	featCountryOther: -1.35,
	featCountrySame:  0.2, // by hand
	featPlaceCountry: -0.8,
}

// featureNames are what reasons call the features.
var featureNames = [numFeatures]string{
	featBase:         "start",
	featCoreEqual:    "same name",
	featCoreMisspelt: "name misspelt",
	featCoreSound:    "name sounds alike",
	featCoreSome:     "part of the name",
	featCoreNone:     "other name",
	featNoCore:       "no telling word",
	featExtraCore:    "further name",
	featLineSame:     "same business",
	featExtraLine:    "further business",
	featOtherLine:    "other business",
	featExtraUnit:    "further unit",
	featOtherUnit:    "other unit",
	featExtraPlace:   "further place",
	featOtherPlace:   "other place",
	featLeadPlace:    "place before the name",
	featNumber:       "other number",
	featExtraGroup:   "group or holding",
	featFormal:       "both in full",
	featLegalSame:    "same legal form",
	featLegalOther:   "other legal form",
	featLegalForeign: "legal form of another country",
	featAcronym:      "initials",
	featShortened:    "short form",
	featScripts:      "other script",
	featAllSame:      "nothing left over",
	featCountryOther: "other country",
	featCountrySame:  "same country",
	featPlaceCountry: "place in another country",
}

// mostUnsure is the highest score of names that are only read alike, that are alike but for a slip, of which one is the
// initials of the other, of which one has no word that tells companies apart (National Petroleum), or of which some words
// only mean the same (Steel Works and Steel Mills): homophones, near names and the initials of others are false merges,
// so that a person looks at them whatever else fits.
const mostUnsure = 0.85
