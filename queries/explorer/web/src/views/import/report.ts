// The report of an import, which the API gives as the importer writes it.
import type { ImportStatus } from "../../api/schema";

export interface Report {
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly combined?: number;
  readonly refused?: number;
  readonly withdrawn: number;
  readonly already_imported?: boolean;
  readonly files: readonly FileReport[];
  readonly unknown_columns?: readonly { column: string; did_you_mean?: string }[];
  readonly columns_read_as?: readonly { column: string; read_as: string }[];
  readonly warnings?: readonly { code: string; message: string; count: number; examples?: readonly { row?: number; found: string }[] }[];
  readonly rejections?: readonly Rejection[];
  readonly companies: Mentions;
  readonly products: Mentions;
  readonly preview?: readonly PreviewRecord[];
}

interface FileReport {
  readonly name: string;
  readonly records: string;
  readonly rows: number;
  readonly rejected: number;
  readonly encoding?: string;
  readonly conversion?: { format: string; converted: number; left_out: number; left_out_because?: readonly { reason: string; records: number }[]; notes?: readonly string[]; statements: number };
}

export interface Rejection {
  readonly row: number;
  readonly line?: number;
  readonly column?: string;
  readonly found?: string;
  readonly reason: string;
}

export interface Mentions {
  readonly absorbed: number;
  readonly provisional: number;
  readonly ambiguous: number;
  readonly absorbed_examples?: readonly { mention: string; is: string }[];
  readonly provisional_examples?: readonly string[];
  readonly near?: readonly { mention: string; near: readonly { id: string; name: string }[] }[];
}

export interface PreviewRecord {
  readonly row?: number;
  readonly statements: readonly Statement[];
  readonly added_up?: boolean;
  readonly left_out?: string;
  readonly rejected?: string;
}

export interface Statement {
  readonly kind: string;
  readonly cells: readonly { column: string; value: string }[];
}

export function reportOf(status: ImportStatus | undefined): Report | undefined {
  return status?.report as Report | undefined;
}
