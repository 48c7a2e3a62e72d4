public import LedgerModel

extension Replica {
  /// What a view has come to and what it waits for, for people.
  public struct Progress: Hashable, Sendable {
    /// The view this is about.
    public let view: UInt64
    /// The validator that proposes in it.
    public let leader: Int
    /// Whether a proposal of the leader is known.
    public let hasProposal: Bool
    /// Whether the driver still verifies a block of this view.
    public let isVerifying: Bool
    /// Validators known to have signed, ascending; after the view's delivery those of its
    /// certificates.
    public let notarized: [Int]
    public let nullified: [Int]
    public let finalized: [Int]
    /// What the certificate with the highest view says, of any view; `nil` if there is none.
    public let highestCertificate: VoteSubject?

    /// Validators of `committee` not yet known to have signed this.
    public func missing(_ kind: VoteKind, of committee: Committee) -> [Int] {
      let signers =
        switch kind {
        case .notarize: notarized
        case .nullify: nullified
        case .finalize: finalized
        }
      return (0..<committee.count).filter { !signers.contains($0) }
    }
  }

  /// The current view. Votes to finalize mostly come for the view before it: see `progress(in:)`.
  public var progress: Progress { progress(in: view) }

  /// A view, as far as it is remembered. Costs a look at each round kept.
  public func progress(in view: UInt64) -> Progress {
    let round = rounds[view]
    return Progress(
      view: view, leader: leader(of: view), hasProposal: round?.proposal != nil,
      isVerifying: round?.isVerifying ?? false, notarized: round?.signers(of: .notarize) ?? [],
      nullified: round?.signers(of: .nullify) ?? [],
      finalized: round?.signers(of: .finalize) ?? [], highestCertificate: highestCertificate)
  }

  private var highestCertificate: VoteSubject? {
    let highest = rounds.keys.filter { !certificates(inView: $0).isEmpty }.max()
    return highest.flatMap { certificates(inView: $0).first?.subject }
  }
}
