public import ContractEngine
internal import LedgerModel

/// Joint decisions: organisations propose changes of the registry, vote on them and keep why.
///
/// Rules V1 to V10 are in docs/spec/16-governance.md; README.md lists methods, roles and limits.
public enum GovernanceContract {
  /// What calls name.
  public static let name = Governance.contract
  /// The role that proposes and votes for its organisation.
  public static let governor = Governance.governor

  /// Bounds of what people write and wait for.
  public enum Limit {
    /// Bytes of a reason or an opinion: a page of text.
    public static let textBytes = 1_000
    /// Longest time in which a proposal can be voted on, in milliseconds: a year and a day.
    public static let deadlineMs: UInt64 = 366 * 24 * 3_600_000
  }

  public static let contract = Contract(
    name, methods: [propose, vote, withdraw, reportEquivocation])
}
