internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore

/// What a node must learn before it votes, if it cannot know what it voted for (N8).
///
/// It began with an empty data directory and may have had another before, with votes in it: its
/// *former life*. It must not vote in a view in which that may have voted. Let the epoch have `n`
/// validators with quorum `Q`, of which `f` may lie or forget.
///
/// The former life voted in view `v > 1` only with a certificate of `v - 1`, so of `Q` validators,
/// `Q - 1 - f` are honest others, which were in `v - 1` before it ended and do not forget. Of any
/// `n - Q + f + 1` others one is among them. So, where `w` is the highest view of this epoch that
/// so many others tell after the start, 0 if they are in earlier epochs, `v <= w + 1`.
///
/// And it voted in no later epoch, if a block of this one whose view is above `w` becomes final:
/// else the epoch's last block was final before, by votes of a quorum in views that are told, so no
/// block of the epoch has a view above `w`. Once such a block is executed here, the node votes only
/// above its view (P1), which is above `w`, and need not know the bound any more.
struct Abstention {
  /// Where each peer stood when it was first heard of, which is after this node forgot.
  private var told: [PeerID: Position] = [:]
  private static let toldKept = 128

  struct Position: Comparable {
    let epoch: UInt64
    let view: UInt64

    static func < (one: Position, other: Position) -> Bool {
      (one.epoch, one.view) < (other.epoch, other.view)
    }
  }

  /// A node in view 0 does not vote: it is an observer, or has itself forgotten.
  mutating func hear(_ status: PeerStatus, from peer: PeerID) {
    guard status.view > 0, told[peer] == nil, told.count < Self.toldKept else { return }
    told[peer] = Position(epoch: status.epoch, view: status.view)
  }

  /// How many validators of an epoch must tell, this node not counted.
  static func needed(in epoch: Epoch) -> Int {
    let validators = epoch.validators
    return validators.validators.count - validators.quorum + validators.maxFaulty + 1
  }

  /// The others that told, lowest first.
  private func positions(in epoch: Epoch, without me: PeerID) -> [Position] {
    epoch.validators.validators.map { PeerID(key: $0.publicKey.encoded) }
      .filter { $0 != me }.compactMap { told[$0] }.sorted()
  }

  /// The view of an epoch above which a block must become final; `nil` if too few have told, or
  /// some are in a later epoch. Of more than are needed the lowest count: any will do.
  func highestView(in epoch: Epoch, without me: PeerID) -> UInt64? {
    let positions = positions(in: epoch, without: me)
    let needed = Self.needed(in: epoch)
    guard positions.count >= needed else { return nil }
    let highest = positions[needed - 1]
    guard highest.epoch <= epoch.number else { return nil }
    return highest.epoch == epoch.number ? highest.view : 0
  }

  /// Why the node does not vote yet, in words.
  func words(in epoch: Epoch, without me: PeerID) -> String {
    let count = positions(in: epoch, without: me).count
    let needed = Self.needed(in: epoch)
    let others = epoch.validators.validators.count - 1
    let wait =
      if others < epoch.validators.quorum {
        "a file never-voted in its home, which says that its key has never voted: the others are "
          + "no quorum without it"
      } else if let view = highestView(in: epoch, without: me) {
        "a final block above view \(view) of epoch \(epoch.number)"
      } else if count < needed {
        "\(needed - count) more validators to tell their view"
      } else {
        "the epoch that the others are in"
      }
    return "does not vote, as its data directory was empty at its start: waits for \(wait)"
  }
}

extension NodeCore {
  /// Whether the machine may vote.
  var mayVote: Bool {
    abstention == nil || settings.sabotage == .forgetVotes
  }

  /// N8. Votes from now on, if nothing of it can contradict what this node has forgotten.
  mutating func endAbstention() throws(NodeCoreFault) {
    guard let abstention, let tip = ledger.tip?.header, tip.epoch == epoch.number,
      let view = abstention.highestView(in: epoch, without: identity.id), tip.view > view
    else { return }
    do { try ledger.endForgetting() } catch { throw .ledger(error) }
    self.abstention = nil
    actions.append(.note(.votesAgain(aboveView: tip.view)))
    // The machine of the next epoch begins with that epoch.
    guard me != nil, replica == nil, finalised?.endsEpoch == false else { return }
    replica = makeReplica(journal: [])
    try tell(.start)
  }
}
