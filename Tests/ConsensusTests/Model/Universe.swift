import Consensus
import Cryptography
import LedgerModel

/// Everything that four validators, one of them a liar, can propose and sign in a few views.
///
/// An honest leader has one block for each parent, the liar two; a block that ends the epoch can be
/// proposed again on itself. Statements are numbered, so that a set of them is a bit mask.
struct Universe {
  struct Candidate {
    let proposal: Proposal
    /// What the header says; not the parent of a proposal that repeats its parent.
    let parent: Digest
    let endsEpoch: Bool
    /// Index of the candidate that is proposed on; `nil` for the block before the first.
    let base: Int?
  }

  /// Quorum of four.
  static let quorum = 3
  let liar: Int
  let views: UInt64
  let genesis: Digest
  private(set) var candidates: [Candidate] = []
  private(set) var subjects: [VoteSubject] = []
  private(set) var numbers: [VoteSubject: Int] = [:]
  /// For each statement of an honest validator, what must have a quorum before it: I3 and I4.
  private(set) var needs: [UInt64] = []
  /// For each statement, those of which none may have a quorum beside it: I5, I6, I7.
  private(set) var excludes: [UInt64] = []
  /// The proposals of each view, which arrive one by one.
  private(set) var proposals: [UInt64] = []
  private(set) var finalizations: UInt64 = 0

  /// With `endsEpoch`, the first block of view 1 is the last of its epoch.
  init?(liar: Int, views: UInt64, endsEpoch: Bool) {
    guard let genesis = Self.digest(0xff) else { return nil }
    self.liar = liar
    self.views = views
    self.genesis = genesis
    for view in 1...views {
      for base in [nil] + candidates.indices.map(Optional.some) {
        let on = base.map { candidates[$0] }
        for variant in 0..<(view % 4 == UInt64(liar) ? 2 : 1) {
          guard let block = Self.digest(UInt8(candidates.count)) else { return nil }
          add(
            view, block, on: base, parent: on?.proposal.block ?? genesis,
            endsEpoch: endsEpoch && view == 1 && variant == 0)
        }
        if let on, on.endsEpoch {
          add(view, on.proposal.block, on: base, parent: on.parent, endsEpoch: true)
        }
      }
    }
    for view in 1...views { subjects.append(nullify(view)) }
    for candidate in candidates {
      subjects += [candidate.proposal.notarize, candidate.proposal.finalize]
    }
    guard subjects.count <= 64 else { return nil }
    for (number, subject) in subjects.enumerated() { numbers[subject] = number }
    needs = subjects.map(needs(of:))
    excludes = subjects.map(exclusions(of:))
    finalizations = mask { $0.kind == .finalize }
    proposals = [0] + (1...views).map { view in mask { $0.kind == .notarize && $0.view == view } }
  }

  private mutating func add(
    _ view: UInt64, _ block: Digest, on base: Int?, parent: Digest, endsEpoch: Bool
  ) {
    let proposal = Proposal(
      epoch: 0, view: view, parentView: base.map { candidates[$0].proposal.view } ?? 0,
      block: block)
    candidates.append(
      Candidate(proposal: proposal, parent: parent, endsEpoch: endsEpoch, base: base))
  }

  /// The block that an honest leader builds.
  func build(in view: UInt64, on parent: Digest) -> Candidate? {
    candidates.first {
      $0.proposal.view == view && $0.parent == parent && $0.proposal.block != parent
    }
  }

  func candidate(of block: Digest) -> Candidate? {
    candidates.first { $0.proposal.block == block }
  }

  func isLast(_ block: Digest) -> Bool { candidate(of: block)?.endsEpoch ?? false }

  /// Whether one is the other or its ancestor, by parent hashes.
  func areOnOneChain(_ left: Digest, _ right: Digest) -> Bool {
    ancestry(left).contains(right) || ancestry(right).contains(left)
  }

  private func ancestry(_ block: Digest) -> [Digest] {
    var chain = [block]
    while let last = chain.last, let parent = candidate(of: last)?.parent { chain.append(parent) }
    return chain
  }

  func mask(_ isMember: (VoteSubject) -> Bool) -> UInt64 {
    subjects.enumerated().reduce(0) { isMember($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
  }

  private func needs(of subject: VoteSubject) -> UInt64 {
    guard let proposal = subject.proposal else { return 0 }
    if subject.kind == .finalize { return mask { $0 == proposal.notarize } }
    let base = candidates.first { $0.proposal == proposal }?.base.map { candidates[$0].proposal }
    return mask { other in
      other == base?.notarize
        || other.kind == .nullify && proposal.parentView < other.view && other.view < proposal.view
    }
  }

  private func exclusions(of subject: VoteSubject) -> UInt64 {
    mask { other in
      switch (subject.kind, other.kind) {
      case (.nullify, .finalize), (.finalize, .nullify): return subject.view == other.view
      case (.nullify, _), (_, .nullify): return false
      default: break
      }
      guard let left = subject.block, let right = other.block else { return false }
      if subject.view == other.view, subject.proposal != other.proposal { return true }
      return subject.kind == .finalize && other.kind == .finalize && !areOnOneChain(left, right)
    }
  }

  private static func digest(_ byte: UInt8) -> Digest? {
    Digest([UInt8](repeating: byte, count: Digest.byteCount))
  }
}
