internal import Cryptography
internal import LedgerModel

/// What is known about one view: others' votes, certificates and verdicts on its blocks.
struct Round: Hashable, Sendable {
  /// Whether a block is valid and held.
  enum Verdict: Hashable, Sendable { case pending, valid, invalid }

  /// What became of a vote.
  enum Outcome: Hashable, Sendable {
    case added, known
    /// It contradicts an earlier one of its signer.
    case conflict(Vote)
  }

  /// The leader's first proposal.
  var proposal: Proposal?
  /// The leader signed two proposals.
  private(set) var leaderEquivocated = false
  /// The leader gave up on its own view.
  private(set) var leaderNullified = false
  /// The block that is notarized, valid and held.
  var certified: Proposal?

  private(set) var notarization: Certificate?
  private(set) var nullification: Certificate?
  private(set) var finalization: Certificate?

  /// At most two blocks: the leader's and, if that lied to us, the notarized one.
  private var verdicts: [Digest: Verdict] = [:]
  /// Three slots for each signer, in the order of `VoteKind`; empty once the view is settled.
  private var votes: [Vote?]
  /// Signers whose contradiction was told.
  private var accused: Set<Int> = []

  init(committee: Committee) {
    votes = Array(repeating: nil, count: VoteKind.allCases.count * committee.count)
  }

  /// Keeps a vote unless its signer has spoken differently before: the first word counts.
  mutating func add(_ vote: Vote, leader: Int) -> Outcome {
    let slot = slot(vote.subject.kind, vote.signer)
    guard votes.indices.contains(slot), votes[slot]?.subject != vote.subject else { return .known }
    if let earlier = contradiction(to: vote) {
      if vote.signer == leader, vote.subject.kind == .notarize { leaderEquivocated = true }
      return accused.insert(vote.signer).inserted ? .conflict(earlier) : .known
    }
    votes[slot] = vote
    if vote.signer == leader { heed(vote.subject) }
    return .added
  }

  private mutating func heed(_ subject: VoteSubject) {
    switch subject.kind {
    case .notarize: if proposal == nil { proposal = subject.proposal }
    case .nullify: leaderNullified = true
    case .finalize: break
    }
  }

  /// A certificate for `subject` if a quorum of votes is there.
  func certificate(for subject: VoteSubject, quorum: Int) -> Certificate? {
    let signersCount = votes.count / VoteKind.allCases.count
    let slots = votes[slot(subject.kind, 0)...].prefix(signersCount)
    let agreeing = slots.compactMap { $0 }.filter { $0.subject == subject }
    guard agreeing.count >= quorum else { return nil }
    do {
      return try Certificate(
        subject: subject, signers: agreeing.map(\.signer), signatures: agreeing.map(\.signature))
    } catch {
      preconditionFailure("slots are in the order of signers: \(error)")
    }
  }

  /// Those whose vote of this kind is known, ascending; which block they voted for is not asked.
  func signers(of kind: VoteKind) -> [Int] {
    let certified = certificate(of: kind)?.signers ?? []
    let counted = (0..<votes.count / VoteKind.allCases.count).filter {
      votes[slot(kind, $0)] != nil
    }
    return Set(certified + counted).sorted()
  }

  /// Whether exactly this vote is kept.
  func has(_ vote: Vote) -> Bool {
    let slot = slot(vote.subject.kind, vote.signer)
    return votes.indices.contains(slot) && votes[slot] == vote
  }

  /// Whether `vote` could still change something here.
  func wants(_ vote: Vote) -> Bool {
    let slot = slot(vote.subject.kind, vote.signer)
    guard votes.indices.contains(slot) else { return false }
    if contradiction(to: vote) != nil { return !accused.contains(vote.signer) }
    return votes[slot] == nil && certificate(of: vote.subject.kind) == nil
  }

  /// Whether the verdict on a block is awaited.
  var isVerifying: Bool { verdicts.values.contains(.pending) }

  func verdict(on block: Digest) -> Verdict? { verdicts[block] }

  mutating func set(_ verdict: Verdict, on block: Digest) { verdicts[block] = verdict }

  /// The certificate of this kind, if it is there.
  func certificate(of kind: VoteKind) -> Certificate? {
    switch kind {
    case .notarize: notarization
    case .nullify: nullification
    case .finalize: finalization
    }
  }

  /// A certificate that cannot stand beside `certificate` while a quorum is honest (I5, I6).
  func contradiction(to certificate: Certificate) -> Certificate? {
    switch certificate.subject.kind {
    case .notarize:
      [notarization, finalization].compactMap { $0 }
        .first { $0.subject.proposal != certificate.subject.proposal }
    case .nullify:
      finalization
    case .finalize:
      nullification
        ?? [notarization, finalization].compactMap { $0 }
        .first { $0.subject.proposal != certificate.subject.proposal }
    }
  }

  mutating func keep(_ certificate: Certificate) {
    switch certificate.subject.kind {
    case .notarize: notarization = certificate
    case .nullify: nullification = certificate
    case .finalize: finalization = certificate
    }
  }

  /// The view is settled: only certificates are of use to anyone.
  mutating func dropVotes() {
    votes = []
    verdicts = [:]
    accused = []
  }

  private func slot(_ kind: VoteKind, _ signer: Int) -> Int {
    (Int(kind.rawValue) - 1) * (votes.count / VoteKind.allCases.count) + signer
  }

  /// An earlier vote of the same signer that an honest validator would not sign beside `vote`.
  private func contradiction(to vote: Vote) -> Vote? {
    VoteKind.allCases.compactMap { votes[slot($0, vote.signer)] }
      .first { $0.subject.excludes(vote.subject) }
  }
}
