// What is behind an exposure: the chain along which most is lost, in words, the lines and inputs that it reaches, the
// weakest hop, and the fact that would narrow it.
import type { BindingRow, ExposureRow, Ref } from "../../api/schema";
import { words } from "../../app/settings";
import { countryName, nameOf, type Named } from "../../ui/names";
import { percent, share, ShareBar } from "../../ui/numbers";
import { Evidence } from "../../ui/table";
import { Chain, names, productName, Ways } from "./parts";
import { factQuestion } from "./facts";

const w = words({
  en: {
    stops: (x: string, b: string, part: string) => `If ${x} stops, ${b} loses ${part} of its output.`, anything: "anything between none and all", nothing: "nothing that is documented",
    needs: (b: string, p: string) => `It goes by ${p}, which ${b} needs`, only: (s: string) => `${s} is the only documented supplier of it`, several: (n: number, hit: number) => `${n} suppliers of it are documented, ${hit === n ? "all of which are" : hit === 1 ? "one of which is" : `${hit} of which are`} hit`,
    noShares: "nobody states their shares", someShares: (n: number) => `the shares of ${n} are stated`, listComplete: "the list of suppliers is stated to be complete", listOpen: "there may be others that nobody documented",
    essential: { yes: "it cannot do without", no: "it can do without", not_stated: "nobody states whether it can do without" }, loses: (x: string) => `of this input ${x} is lost`,
    chain: "Along this chain most is lost (a link opens its evidence)", weakest: "The weakest link", confidence: (x: string) => `confidence ${x}`, narrow: "What would narrow it",
    lines: "Production lines that lose, or may", spared: (names: string) => `Not affected: ${names}`, inputs: "Inputs affected", input: "Input", lost: "Lost", comes: "Comes from here", money: "In money", and: "; ", stop: ".",
  },
  zh: {
    stops: (x: string, b: string, part: string) => `若${x}停供，${b}的产出损失为：${part}。`, anything: "从零到全部皆有可能", nothing: "在已有记录范围内无损失",
    needs: (b: string, p: string) => `影响经由${b}所需的${p}传导`, only: (s: string) => `${s}是该投入品唯一有记录的供应商`, several: (n: number, hit: number) => `该投入品有 ${n} 家有记录的供应商，其中 ${hit} 家受影响`,
    noShares: "无人注明各家份额", someShares: (n: number) => `其中 ${n} 家的份额已注明`, listComplete: "供应商名单已声明完整", listOpen: "可能另有未记录的供应商",
    essential: { yes: "该投入品不可或缺", no: "缺少该投入品仍可生产", not_stated: "无人说明该投入品是否不可或缺" }, loses: (x: string) => `该投入品损失：${x}`,
    chain: "损失最大的传导链条（点击环节查看证据）", weakest: "最薄弱的一环", confidence: (x: string) => `置信度 ${x}`, narrow: "查明何事可收窄区间",
    lines: "会损失或可能损失的产线", spared: (names: string) => `不受影响：${names}`, inputs: "受影响的投入品", input: "投入品", lost: "损失", comes: "来自该处", money: "折合金额", and: "；", stop: "。",
  },
});

export function Cause({ row, of, id }: { row: ExposureRow; of: Ref; id: string }) {
  const hit = row.lines.filter((line) => (line.loss_if_stopped?.high ?? 1) > 0);
  const spared = row.lines.filter((line) => line.loss_if_stopped && line.loss_if_stopped.high <= 0);
  const who: Named = row.kind === "country" ? { id: row.id, name: countryName(row.id) } : row;
  return (
    <div class="cause">
      <p class="lead">{w().stops(nameOf(who), nameOf(of), lossWords(row))} {row.binding && bindingWords(row.binding, row, of)}</p>
      {row.cause.length > 0 && <><h3>{w().chain}</h3><Chain hops={row.cause} /></>}
      <div class="cause-columns">
        {row.inputs.length > 0 && (
          <div>
            <h3>{w().inputs} ({row.inputs.length})</h3>
            <table class="small">
              <thead><tr><th scope="col">{w().input}</th><th scope="col">{w().lost}</th><th scope="col">{w().comes}</th></tr></thead>
              <tbody>{row.inputs.map((input) => <tr key={input.product?.id ?? ""}><td>{productName(input.product)}</td><td><ShareBar value={input.loss_if_stopped} /></td><td><ShareBar value={input.flow_exposure} /></td></tr>)}</tbody>
            </table>
          </div>
        )}
        <div>
          {hit.length > 0 && (
            <>
              <h3>{w().lines} ({hit.length}/{row.lines.length})</h3>
              <ul class="lines">{hit.map((line) => <li key={line.product?.id ?? ""}><span>{productName(line.product)}</span><ShareBar value={line.loss_if_stopped} /></li>)}</ul>
            </>
          )}
          {spared.length > 0 && <p class="quiet">{w().spared(names(spared.flatMap((line) => line.product ?? [])))}</p>}
          {row.weakest && <><h3>{w().weakest}</h3><p><Evidence relation={row.weakest.relation}>{nameOf(row.weakest.from)} → {nameOf(row.weakest.to)} ({productName(row.weakest.product)})</Evidence>, {w().confidence(percent(row.weakest.confidence))}</p></>}
          {row.gap && <><h3>{w().narrow}</h3><p>{factQuestion(row.gap)}</p></>}
        </div>
      </div>
      <Ways from={row.id} to={id} kind={row.kind === "group" ? "company" : row.kind} />
    </div>
  );
}

function lossWords(row: ExposureRow): string {
  const loss = row.loss_if_stopped;
  if (loss && loss.high <= 0) return w().nothing;
  return !loss || (loss.low <= 0 && loss.high >= 1) ? w().anything : share(loss);
}

function bindingWords(b: BindingRow, row: ExposureRow, of: Ref): string {
  const last = row.cause.at(-1);
  const parts = [
    w().needs(nameOf(of), productName(b.product)),
    b.suppliers === 1 && last ? w().only(nameOf(last.from)) : w().several(b.suppliers, b.affected),
    ...(b.suppliers > 1 ? [b.shares_stated === 0 ? w().noShares : w().someShares(b.shares_stated)] : []),
    b.list_complete ? w().listComplete : w().listOpen,
    w().essential[b.essential],
  ];
  return parts.join(w().and) + w().stop;
}
