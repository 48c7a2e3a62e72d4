import EInvoice
import Foundation
import NetworkLayout
import Testing

extension EndToEnd {
  @Suite("Bad files", .network(suite: "intl"))
  struct BadFiles {
    @Test("An import lists each bad file with its code, records the good, and can be repeated")
    func badFiles() async throws {
      let network = try #require(TestNetwork.shared)
      let folder = network.folder.url.appending(path: "inbox")
      let expected = try write(to: folder)
      for isAgain in [false, true] {
        let imported = try await network.yilian("invoice", "import", folder.path, "--json")
        #expect(imported.status == 1, "\(imported)")
        let rows = try imported.json().all
        #expect(rows.count == expected.count)
        for row in rows {
          let name = URL(filePath: row["file"].text ?? "").lastPathComponent
          switch expected[name] {
          case .some(let code?):
            #expect(row["outcome"].text == "refused", "\(name)")
            let reason = row["reason"].text ?? ""
            #expect(reason.hasPrefix("\(code): "), "\(name): \(reason)")
          default:
            #expect(row["outcome"].text == (isAgain ? "present" : "recorded"), "\(name)")
          }
        }
      }
      let table = try await network.yilian("invoice", "import", folder.path)
      #expect(table.status == 1)
      for (name, code) in expected where code != nil {
        #expect(table.output.contains { $0.isNewline } && table.output.contains(name))
        #expect(table.output.contains("\(code ?? ""): "))
      }
      #expect(table.error.contains("\(expected.count - 2) files were refused"), "\(table)")
    }

    /// Writes the files.
    /// - Returns: The code with which each is refused; nothing for the good ones.
    private func write(to folder: URL) throws -> [String: String?] {
      let blue = try Samples.text("0010")
      let red = try Samples.text("0008")
      let files: [(name: String, code: String?, bytes: [UInt8])] = [
        ("good.xml", nil, Array(try renumbered(blue, "1435951070", "7700000001").utf8)),
        ("last-and-good.xml", nil, Array(try renumbered(blue, "1435951070", "7700000002").utf8)),
        ("truncated.xml", "invoice.truncated", Array(blue.utf8.prefix(blue.utf8.count / 2))),
        ("doctype.xml", "invoice.doctype_refused",
          Array(try replacing(
            blue, "<EInvoice>", "<!DOCTYPE EInvoice [<!ENTITY a \"b\">]><EInvoice>").utf8)),
        ("encoding.xml", "invoice.encoding_wrong", try wronglyDeclared()),
        ("sum.xml", "invoice.items_sum",
          Array(try replacing(blue, "<TotalAmount>", "<TotalAmount>9").utf8)),
        ("dialect.xml", "invoice.dialect_unknown",
          try Files.read(Samples.dialects.appending(path: "made-up.xml"))),
        ("empty.xml", "invoice.truncated", []),
        ("second-red.xml", "invoice.already_red_flushed",
          Array(try renumbered(red, "5670436039", "7700000003").utf8)),
        ("red-without-blue.xml", "invoice.blue_not_found",
          Array(try replacing(
            renumbered(red, "5670436039", "7700000004"), "3760390973", "7700009999").utf8)),
        ("red-amount.xml", "invoice.red_amount_differs",
          Array(try replacing(
            renumbered(red, "5670436039", "7700000005"), "3760390973", "1435951070").utf8)),
        ("red-of-red.xml", "invoice.not_blue",
          Array(try replacing(
            renumbered(red, "5670436039", "7700000006"), "<RelatedInvoiceNumber>3760390973",
            "<RelatedInvoiceNumber>5670436039").utf8)),
        ("conflict.xml", "invoice.conflict",
          Array(try replacing(blue, "<HandlingPerson>", "<HandlingPerson>X").utf8)),
      ]
      for file in files { try Files.write(file.bytes, to: folder.appending(path: file.name)) }
      return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.code) })
    }

    private func renumbered(_ text: String, _ old: String, _ new: String) throws -> String {
      try replacing(text, "<EInvoiceNumber>\(old)<", "<EInvoiceNumber>\(new)<")
    }

    /// GBK text that says it is UTF-8.
    private func wronglyDeclared() throws -> [UInt8] {
      let bytes = try Samples.bytes("0000", in: Samples.gbk)
      let end = try #require(bytes.firstIndex(of: UInt8(ascii: ">")))
      return Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>".utf8) + bytes[(end + 1)...]
    }

    private func replacing(_ text: String, _ old: String, _ new: String) throws -> String {
      try #require(text.contains(old))
      return text.replacingOccurrences(of: old, with: new)
    }
  }
}
