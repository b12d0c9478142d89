package httpapi

// LimitLookups lets a test reach the limit of what is looked up in with small files.
func (s *Server) LimitLookups(most int64) { s.maxLookups = most }

// LimitSamples lets a test reach the limits of what is drafted for with small files.
func (s *Server) LimitSamples(text, whole int64) { s.maxSample, s.maxWhole = text, whole }
