public import Foundation

/// Who takes part in a new chain: the form of `network/*.json`.
public struct Participants: Codable, Hashable, Sendable {
  public struct Organisation: Codable, Hashable, Sendable {
    public var id: String
    public var name: String
    /// Administrative division code, or empty for everywhere.
    public var region: String
  }

  public struct Member: Codable, Hashable, Sendable {
    public var id: String
    public var organisation: String
    public var roles: [String]
    public var region: String
    /// Whether the member may look persons up by identity number.
    public var indexKey: Bool
  }

  public var organisations: [Organisation]
  public var members: [Member]

  public init(organisations: [Organisation], members: [Member]) {
    self.organisations = organisations
    self.members = members
  }

  public init(file: URL) throws(LayoutFault) {
    self = try Files.decode(Self.self, from: file)
  }

  /// The parties of one province, as the tour and the demo use them.
  public static let province = Participants(
    organisations: [
      Organisation(id: "finance-bureau", name: "财政厅", region: ""),
      Organisation(id: "insurance-bureau", name: "医疗保障局", region: ""),
      Organisation(id: "commercial-insurer", name: "商业保险公司", region: ""),
      Organisation(id: "audit-office", name: "审计厅", region: ""),
    ],
    members: [
      Member(
        id: "finance", organisation: "finance-bureau", roles: ["issuer"], region: "",
        indexKey: true),
      Member(
        id: "insurance", organisation: "insurance-bureau", roles: ["reimburser"], region: "",
        indexKey: true),
      Member(
        id: "insurer", organisation: "commercial-insurer", roles: ["reimburser"], region: "",
        indexKey: false),
      Member(
        id: "auditor", organisation: "audit-office", roles: ["auditor"], region: "",
        indexKey: false),
    ]
      + [
        ("finance", "finance-bureau"), ("insurance", "insurance-bureau"),
        ("insurer", "commercial-insurer"), ("audit", "audit-office"),
      ].map { name, organisation in
        // Apart from the keys of daily work: this one is kept by who decides.
        Member(
          id: "\(name)-governor", organisation: organisation, roles: ["governor"], region: "",
          indexKey: false)
      })
}
