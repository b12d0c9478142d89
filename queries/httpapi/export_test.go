package httpapi

// LimitLookups lets a test reach the limit of what is looked up in with small files.
func (s *Server) LimitLookups(most int64) { s.maxLookups = most }
