internal import Consensus
internal import NodeCore

/// What the command line asks for.
struct Arguments {
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  var seeds: Range<UInt64>
  /// Runs at a time.
  var jobs = 2
  /// Whether to tell what happened in each run.
  var isTraced = false
  /// Events told of each run.
  var events = 50

  /// What is broken on purpose, to see that it is noticed.
  var sabotage: NodeCore.Sabotage? { sabotageName.flatMap { Self.rules[$0] } }
  private(set) var sabotageName: String?

  static let usage = """
    usage: simulate --seeds N [--from S] [--jobs J] [--trace [--events E]]
      [--break RULE]
    """

  init(_ arguments: [String]) throws(Fault) {
    var (count, first): (UInt64, UInt64) = (100, 1)
    var rest = arguments[...]
    func fault(_ name: String) -> Fault { Fault(description: "\(name)?\n\(Self.usage)") }
    func number(_ name: String) throws(Fault) -> UInt64 {
      guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { throw fault(name) }
      return number
    }
    while let name = rest.popFirst() {
      switch name {
      case "--seeds": count = try number(name)
      case "--from": first = try number(name)
      case "--jobs": jobs = Int(max(1, min(64, try number(name))))
      case "--events": events = Int(min(1_000_000, try number(name)))
      case "--trace": isTraced = true
      case "--break":
        let rule = rest.popFirst() ?? ""
        guard Self.rules[rule] != nil else {
          throw fault("--break \(Self.rules.keys.sorted().joined(separator: "|"))")
        }
        sabotageName = rule
      default: throw fault(name)
      }
    }
    seeds = first..<(first &+ count)
  }

  private static let rules: [String: NodeCore.Sabotage] = {
    var rules: [String: NodeCore.Sabotage] = [
      "skipJournal": .skipJournal, "voteWithoutData": .voteWithoutData,
      "forgetVotes": .forgetVotes, "concealLies": .concealLies,
    ]
    for rule in BrokenRule.allCases { rules["\(rule)"] = .consensus(rule) }
    return rules
  }()
}
