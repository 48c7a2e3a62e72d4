public import Cryptography

/// The three statements a validator can sign about a view.
public enum VoteKind: UInt8, CaseIterable, Hashable, Sendable {
  /// "This is the first valid block I saw in this view."
  case notarize = 1
  /// "I gave up on this view and will not help to finalize in it."
  case nullify = 2
  /// "I hold this view's notarized block and did not give up on the view."
  case finalize = 3
}

/// What a vote is about: the tuple that validators sign and certificates repeat.
public struct VoteSubject: Hashable, Sendable {
  /// What is said about the view; only votes for a block carry one.
  public enum Statement: Hashable, Sendable {
    case notarize(parentView: UInt64, block: Digest)
    case nullify
    case finalize(parentView: UInt64, block: Digest)
  }

  /// The validator set's period of office.
  public let epoch: UInt64
  /// The view within the epoch; the first is 1.
  public let view: UInt64
  /// What is said about the view.
  public let statement: Statement

  /// Checks nothing: a subject is only what somebody may have said.
  public init(epoch: UInt64, view: UInt64, statement: Statement) {
    self.epoch = epoch
    self.view = view
    self.statement = statement
  }

  /// Which of the three statements it is.
  public var kind: VoteKind {
    switch statement {
    case .notarize: .notarize
    case .nullify: .nullify
    case .finalize: .finalize
    }
  }

  /// The view of the block's parent; `nil` for nullify.
  public var parentView: UInt64? {
    switch statement {
    case .notarize(let parentView, _), .finalize(let parentView, _): parentView
    case .nullify: nil
    }
  }

  /// The block's header hash; `nil` for nullify.
  public var block: Digest? {
    switch statement {
    case .notarize(_, let block), .finalize(_, let block): block
    case .nullify: nil
    }
  }

  /// Whether no honest validator signs both this and `other`: it notarizes at most one block in a
  /// view, finalizes at most one, and never both nullifies and finalizes it (I1 to I3).
  ///
  /// Two such votes of one signer prove that it lied. Notarize beside nullify proves nothing: a
  /// validator may give up on a view after it voted for its block.
  public func excludes(_ other: VoteSubject) -> Bool {
    guard epoch == other.epoch, view == other.view, self != other else { return false }
    return switch (kind, other.kind) {
    case (.notarize, .notarize), (.finalize, .finalize): true
    case (.nullify, .finalize), (.finalize, .nullify): true
    case (.nullify, .nullify), (.notarize, .nullify), (.nullify, .notarize): false
    case (.notarize, .finalize), (.finalize, .notarize): false
    }
  }

  /// The bytes that are signed:
  ///
  ///     "SIMPLEX1" ‖ chain id 32 ‖ epoch 8 ‖ kind 1 ‖ view 8 [ ‖ parent view 8 ‖ block 32 ]
  ///
  /// Integers are big-endian. The bracket is absent for nullify: 57 bytes, otherwise 97.
  public func signingBytes(chainID: Digest) -> [UInt8] {
    var bytes = Array("SIMPLEX1".utf8)
    bytes += chainID.bytes
    bytes += epoch.bigEndianBytes
    bytes.append(kind.rawValue)
    bytes += view.bigEndianBytes
    switch statement {
    case .notarize(let parentView, let block), .finalize(let parentView, let block):
      bytes += parentView.bigEndianBytes
      bytes += block.bytes
    case .nullify: break
    }
    return bytes
  }
}
