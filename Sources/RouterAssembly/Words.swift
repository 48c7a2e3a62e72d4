internal import LedgerClient

/// What failed on the own chain, to a router's operators: they name its nodes in `router.json`.
func wordsForOperators(_ error: any Error) -> String {
  guard case .node(.unreachable(let url, let reason))? = error as? LedgerClientFault else {
    return "\(error)"
  }
  return "no node answers at \(url) (\(reason)): start it, or name another in router.json"
}
