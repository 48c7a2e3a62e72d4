public import Cryptography
public import LedgerModel

/// A block's place in the protocol: what notarize and finalize votes are about.
public struct Proposal: Hashable, Sendable {
  /// The validator set's period of office.
  public let epoch: UInt64
  /// The view in which the block is proposed.
  public let view: UInt64
  /// The view of the parent block; 0 if the parent is the block before the epoch's first.
  public let parentView: UInt64
  /// The block's header hash.
  public let block: Digest

  /// Checks nothing: what makes a proposal acceptable is the replica's business.
  public init(epoch: UInt64, view: UInt64, parentView: UInt64, block: Digest) {
    self.epoch = epoch
    self.view = view
    self.parentView = parentView
    self.block = block
  }

  /// The statement that the block is the first valid one of its view.
  public var notarize: VoteSubject {
    VoteSubject(
      epoch: epoch, view: view, statement: .notarize(parentView: parentView, block: block))
  }

  /// The statement that the block is held and its view was not given up.
  public var finalize: VoteSubject {
    VoteSubject(
      epoch: epoch, view: view, statement: .finalize(parentView: parentView, block: block))
  }
}

extension VoteSubject {
  /// The proposal voted for; `nil` for nullify.
  public var proposal: Proposal? {
    switch statement {
    case .notarize(let parentView, let block), .finalize(let parentView, let block):
      Proposal(epoch: epoch, view: view, parentView: parentView, block: block)
    case .nullify: nil
    }
  }
}

/// The newest block of a chain and the view it was proposed in.
public struct Tip: Hashable, Sendable {
  /// 0 for the block before the epoch's first.
  public let view: UInt64
  /// Its header hash.
  public let block: Digest

  /// Checks nothing.
  public init(view: UInt64, block: Digest) {
    self.view = view
    self.block = block
  }
}
