internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import Wire

/// A proposal as shown to people and programs.
struct ProposalView: Encodable {
  struct Ballot: Encodable {
    var organisation: String
    var member: String
    var approve: Bool
  }

  var id: String
  var status: String
  var proposer: String
  var organisation: String
  var reason: String
  var deadline: String
  var changes: [String]
  var ballots: [Ballot]
  /// Organisations that are active now: those in favour, those needed, and all.
  var approving: Int
  var needed: Int
  var active: Int
  var decidedHeight: UInt64?
  var obstacle: String?
  var provenHeight: UInt64
  var headerHash: String

  init(_ id: String, _ proposal: WireProposal, roster: Roster, at header: BlockHeader) {
    self.id = id
    let isExpired = proposal.status == .open && header.timeMs >= proposal.deadlineMs
    status = isExpired ? "expired" : "\(proposal.status)"
    proposer = proposal.proposer
    organisation = proposal.organisation
    reason = proposal.reason
    deadline = TimeText.iso(proposal.deadlineMs)
    changes = proposal.changes.map(\.words)
    ballots = proposal.ballots.map {
      Ballot(organisation: $0.organisation, member: $0.member, approve: $0.approve)
    }
    approving = proposal.ballots.count { $0.approve && roster.isActive($0.organisation) }
    active = roster.active.count
    needed = 2 * active / 3 + 1
    decidedHeight = proposal.decidedHeight == 0 ? nil : proposal.decidedHeight
    if proposal.hasObstacle {
      obstacle =
        "\(proposal.obstacle.code): \(proposal.obstacle.field) is '\(proposal.obstacle.value)'"
    }
    provenHeight = header.executed.height
    headerHash = header.hash.hex
  }

  func show() {
    var rows = [
      ["proposal", id],
      ["status", status + (decidedHeight.map { ", decided at height \($0)" } ?? "")],
    ]
    if let obstacle { rows.append(["obstacle", obstacle]) }
    rows += [
      ["proposer", "\(proposer) of \(organisation)"],
      ["reason", reason],
      ["deadline", deadline],
    ]
    for (index, change) in changes.enumerated() {
      rows.append([index == 0 ? "changes" : "", "\(index + 1). \(change)"])
    }
    for (index, ballot) in ballots.enumerated() {
      rows.append([
        index == 0 ? "votes" : "",
        "\(ballot.approve ? "yes" : "no") of \(ballot.organisation), by \(ballot.member)",
      ])
    }
    rows += [
      ["in favour", "\(approving) of \(active) organisations, \(needed) needed"],
      ["proven", "state of height \(provenHeight), header \(headerHash)"],
    ]
    for line in Terminal.table(rows) { Terminal.print(line) }
  }
}
