import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Proposing, voting and withdrawing.
  static let governance: [RefusalCase] = [
    governed(
      "Who is no governor proposes nothing", .notPermitted, "roles", "fund needs governor",
      by: "fund"
    ) { $0.propose("p", [suspendPatient]) },
    governed("A proposal has an id", malformed, "proposal", "") {
      $0.propose("", [suspendPatient])
    },
    governed("A proposal's id has no blanks", malformed, "proposal", "a b") {
      $0.propose("a b", [suspendPatient])
    },
    governed("A proposal says why", malformed, "reason", "0 bytes") {
      $0.propose("p", [suspendPatient], reason: "")
    },
    governed("A reason is a page at most", malformed, "reason", "1001 bytes") {
      $0.propose("p", [suspendPatient], reason: String(repeating: "a", count: 1_001))
    },
    governed("A deadline is not now", GovernanceContract.deadline, "deadline_ms", "1767225600000") {
      $0.propose("p", [suspendPatient], deadlineMs: $0.timeMs)
    },
    governed(
      "A deadline is within a year", GovernanceContract.deadline, "deadline_ms",
      "\(TestChain.start + GovernanceContract.Limit.deadlineMs + 1)"
    ) {
      $0.propose(
        "p", [suspendPatient], deadlineMs: $0.timeMs + GovernanceContract.Limit.deadlineMs + 1)
    },
    governed("A proposal changes something", malformed, "changes", "0") { $0.propose("p", []) },
    governed("A proposal has 16 changes at most", malformed, "changes", "17") {
      $0.propose("p", (0..<17).map { .organisation("o\($0)") })
    },
    governed("A change is of a known kind", malformed, "changes[1]", "") {
      $0.propose("p", [suspendPatient, WireChange()])
    },
    governed(
      "A proposal's id is used once, and for ever", GovernanceContract.duplicateProposal,
      "proposal", "p",
      given: {
        try $0.givenProposal("p", suspendPatient)
        try $0.given("g-fund", $0.withdraw("p"))
      }
    ) { $0.propose("p", [suspendPatient]) },
    governed("An unknown proposal gets no vote", GovernanceContract.notFound, "proposal", "p") {
      $0.vote("p", [suspendPatient])
    },
    governed(
      "Who is no governor has no vote", .notPermitted, "roles", "fund needs governor", by: "fund",
      given: open
    ) { $0.vote("p", [suspendPatient]) },
    governed("A vote says why", malformed, "opinion", "0 bytes", given: open) {
      $0.vote("p", [suspendPatient], opinion: "")
    },
    governed("An opinion has no control characters", malformed, "opinion", "3 bytes", given: open) {
      $0.vote("p", [suspendPatient], opinion: "a\tb")
    },
    governed(
      "A vote is about the changes that it repeats", GovernanceContract.otherChanges, "changes",
      "1 changes", given: open
    ) { $0.vote("p", [WireChange(.suspendMember("relative"))]) },
    governed(
      "An organisation votes once, whoever asks", GovernanceContract.alreadyVoted, "member",
      "g-fund",
      given: { chain in
        try open(&chain)
        try chain.given("g-fund", chain.vote("p", [suspendPatient], approve: false))
      }
    ) { $0.vote("p", [suspendPatient]) },
    governed(
      "A decided proposal gets no more votes", GovernanceContract.closed, "status", "approved",
      by: "g-people", given: { try $0.givenDecision("p", suspendPatient) }
    ) { $0.vote("p", [suspendPatient], approve: false) },
    governed(
      "A rejected proposal gets no more votes", GovernanceContract.closed, "status", "rejected",
      by: "g-people",
      given: { chain in
        try open(&chain)
        for name in ["fund", "employer"] {
          try chain.given("g-\(name)", chain.vote("p", [suspendPatient], approve: false))
        }
      }
    ) { $0.vote("p", [suspendPatient]) },
    governed(
      "A vote does not come at the deadline", GovernanceContract.expired, "deadline_ms",
      "\(TestChain.start + TestChain.hour)",
      given: { chain in
        try open(&chain)
        chain.timeMs = TestChain.start + TestChain.hour
      }
    ) { $0.vote("p", [suspendPatient]) },
    governed(
      "Another organisation withdraws nothing", GovernanceContract.notProposer, "organisation",
      "fund", by: "g-people", given: open
    ) { $0.withdraw("p") },
    governed("A withdrawal says why", malformed, "reason", "0 bytes", given: open) {
      $0.withdraw("p", reason: "")
    },
    governed("Nothing unknown is withdrawn", GovernanceContract.notFound, "proposal", "p") {
      $0.withdraw("p")
    },
    governed(
      "What is decided is not withdrawn", GovernanceContract.closed, "status", "approved",
      given: { try $0.givenDecision("p", suspendPatient) }
    ) { $0.withdraw("p") },
    governed(
      "A change that became impossible is not decided", .noChange,
      "changes[0].suspend_member", "patient", by: "g-employer",
      given: { chain in
        try chain.givenThreeVotes("p", suspendPatient)
        try chain.givenDecision("q", suspendPatient)
        try chain.endEpoch()
      }
    ) { $0.vote("p", [suspendPatient]) },
    governed(
      "An epoch's decisions are bounded", GovernanceContract.pendingFull, "changes", "65",
      by: "g-employer",
      given: { chain in
        try chain.givenThreeVotes("p", suspendPatient)
        for number in 0..<4 {
          let changes = (0..<16).map { WireChange.organisation("o\(number)-\($0)") }
          try chain.given("g-fund", chain.propose("q\(number)", changes))
          for name in TestChain.organisations.prefix(4) {
            try chain.given("g-\(name)", chain.vote("q\(number)", changes))
          }
        }
      }
    ) { $0.vote("p", [suspendPatient]) },
    governed(
      "Decisions of an epoch together change no more validators than one",
      .tooManyValidatorsChanged,
      "changes", "1 and 1 waiting, at most 1 of 4", by: "g-employer",
      given: { chain in
        try chain.givenThreeVotes("p", WireChange(.removeValidator("v1")))
        try chain.givenDecision("q", WireChange(.removeValidator("v2")))
      }
    ) { $0.vote("p", [WireChange(.removeValidator("v1"))]) },
  ]

  private static let malformed = Refusal.Code.malformedChange
  private static let suspendPatient = WireChange(.suspendMember("patient"))
  private static let open: @Sendable (inout TestChain) throws -> Void = {
    try $0.givenProposal("p", suspendPatient)
  }

  static func governed(
    _ title: String, _ code: Refusal.Code, _ field: String, _ value: String,
    by member: String = "g-fund",
    given: @escaping @Sendable (inout TestChain) throws -> Void = { _ in },
    _ when: @escaping @Sendable (TestChain) throws -> Request
  ) -> RefusalCase {
    RefusalCase(title, code, field: field, value: value, by: member, given: given, when: when)
  }
}

extension TestChain {
  /// Commits a proposal and three votes: the employer's would decide it.
  mutating func givenThreeVotes(_ id: String, _ change: WireChange) throws {
    try givenProposal(id, change)
    for organisation in Self.organisations.prefix(3) {
      try given("g-\(organisation)", vote(id, [change]))
    }
  }
}
