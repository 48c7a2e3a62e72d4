extension LedgerClientFault: CustomStringConvertible {
  /// One sentence for people: what was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .node(.unreachable(let url, let reason)):
      "no node answers at \(url) (\(reason)): start it, or name another with --node"
    case .node(.timedOut(let url)):
      "the node at \(url) did not answer in time: see 'yilian network status --why'"
    case .node(.refused(let report)):
      "\(report.code): \(report.field)"
        + (report.value.isEmpty ? "" : " is '\(report.value)'") + ": \(report.remedy)"
    case .node(.protocolViolation(let reason)):
      "the node does not speak this protocol (\(reason)): is it a Yilian node of this version?"
    case .notProven(let fault):
      "the node's answer is NOT PROVEN: \(fault). Do not use it; ask another node"
    case .sealing(let fault): "\(fault)"
    case .cryptography(let fault): "cryptography failed: \(fault)"
    case .refused(let code, let field, let value, let remedy):
      "\(code): \(field) is '\(value)': \(remedy)"
    }
  }
}
