internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore

/// How a node stands, for people and metrics.
public struct Overview: Sendable {
  public struct Peer: Sendable {
    public let id: PeerID
    /// Its name in the validator set; empty for an observer.
    public let name: String
    public let isLinked: Bool
    /// What it last told.
    public let status: PeerStatus?
    /// Milliseconds since it told that.
    public let statusAgeMs: UInt64
  }

  /// This node's name among the validators; `nil` for an observer.
  public let validator: String?
  public let epoch: UInt64
  public let view: UInt64
  /// Milliseconds since it entered the view.
  public let viewAgeMs: UInt64
  public let height: UInt64
  public let executedHeight: UInt64
  /// Milliseconds since the newest block.
  public let blockAgeMs: UInt64
  public let batches: Int
  public let batchBytes: Int
  public let quorum: Int
  /// Validators that are linked, this node counted if it is one.
  public let reachable: Int
  /// The other validators and every linked observer.
  public let peers: [Peer]
  /// The height to which this node catches up; `nil` if it is not behind.
  public let catchingUpTo: UInt64?
  /// What ordering waits for, in words; empty if for nothing but work.
  public let waitsFor: String
  /// Lies of validators that this node holds proof of.
  public let evidence: Int
  /// What is damaged and what is done about it, in words; empty if nothing is known to be.
  public let damage: String
  /// Why it does not vote though it holds office, in words; empty if it votes.
  public let abstention: String
  /// Stored blocks above this height were looked at for damage since the start.
  public let uninspectedHeight: UInt64
}

extension NodeCore {
  /// How the node stands.
  public var overview: Overview {
    let validators = epoch.validators.validators
    let validatorIDs = validators.map { PeerID(key: $0.publicKey.encoded) }
    var peers: [Overview.Peer] = []
    for (validator, id) in zip(validators, validatorIDs) where id != identity.id {
      peers.append(peer(id, name: validator.name))
    }
    for id in observers { peers.append(peer(id, name: "")) }
    let reachable = validatorIDs.count { $0 == identity.id || links[$0] != nil }
    // What more than `f` nodes say: one that lies shows nothing.
    let heights = links.values.compactMap(\.status?.height).sorted(by: >)
    let best = heights.dropFirst(epoch.validators.maxFaulty).first ?? 0
    let height = finalised?.height ?? 0
    return Overview(
      validator: me.map { validators[$0].name }, epoch: epoch.number, view: replica?.view ?? 0,
      viewAgeMs: now.steadyMs - min(now.steadyMs, viewSinceMs), height: height,
      executedHeight: executed.height,
      blockAgeMs: now.steadyMs - min(now.steadyMs, lastBlockMs), batches: held.count,
      batchBytes: held.byteCount, quorum: epoch.validators.quorum, reachable: reachable,
      peers: peers, catchingUpTo: best > height + Bound.blocksBehind ? best : nil,
      waitsFor: waitsFor,
      evidence: evidence.count, damage: damageInWords,
      abstention: me == nil || mayVote
        ? "" : abstention?.words(in: epoch, without: identity.id) ?? "",
      uninspectedHeight: inspection.height)
  }

  private func peer(_ id: PeerID, name: String) -> Overview.Peer {
    let link = links[id]
    return Overview.Peer(
      id: id, name: name, isLinked: link != nil, status: link?.status,
      statusAgeMs: now.steadyMs - min(now.steadyMs, link?.statusAtMs ?? now.steadyMs))
  }

  /// What the current view waits for. An idle leader waits for nothing but a quorum.
  private var waitsFor: String {
    guard let replica else { return "" }
    let missing = epoch.validators.quorum - validatorsReachable
    if missing > 0 { return "\(missing) more of \(names(unreachable))" }
    guard toldWorkWaits else { return "" }
    if let check = checks.values.min(by: { $0.proposal.view < $1.proposal.view }),
      let wait = check.wait
    {
      return "block \(check.proposal.block.short): \(words(wait)), since "
        + "\(seconds(now.steadyMs - min(now.steadyMs, check.sinceMs)))"
    }
    let before = replica.progress(in: replica.view - 1)
    if replica.finalizedTip.view < replica.view - 1, before.nullified.isEmpty,
      !before.finalized.isEmpty
    {
      return votes("finalize", replica.view - 1, before.finalized)
    }
    let progress = replica.progress
    if !progress.nullified.isEmpty { return votes("nullify", replica.view, progress.nullified) }
    if progress.hasProposal { return votes("notarize", replica.view, progress.notarized) }
    return progress.leader == me
      ? "" : "the proposal of leader \(names([progress.leader])) in view \(replica.view)"
  }

  private var validatorsReachable: Int { epoch.validators.validators.count - unreachable.count }

  private var unreachable: [Int] {
    epoch.validators.validators.indices.filter { index in
      index != me && peer(ofValidator: index).map { links[$0] == nil } ?? true
    }
  }

  private func votes(_ kind: String, _ view: UInt64, _ signers: [Int]) -> String {
    let missing = epoch.validators.validators.indices.filter { !signers.contains($0) }
    return "votes to \(kind) view \(view): \(signers.count) of \(epoch.validators.quorum) here, "
      + "none of \(names(missing))"
  }

  private func names(_ indexes: [Int]) -> String {
    indexes.map { index in
      let isLinked = !unreachable.contains(index)
      return epoch.validators.validators[index].name + (isLinked ? "" : " (not linked)")
    }.joined(separator: ", ")
  }

  private func words(_ wait: BlockCheck.Wait) -> String {
    switch wait {
    case .block: "its header is not here"
    case .parent: "its parent is not here"
    case .batches(let digests):
      "batch \(digests.first?.short ?? "") of \(digests.count) is not here"
    case .execution(let height): "height \(height) is not executed here"
    }
  }

  private func seconds(_ milliseconds: UInt64) -> String {
    "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
  }
}

extension Digest {
  /// Enough of it to find it in a log.
  var short: String { String(hex.prefix(12)) }
}
