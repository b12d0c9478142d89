// Why a pair may be one company, or may not: each reason in words, with what it adds to the odds.
import type { Reason } from "../../api/schema";
import { language, words } from "../../app/settings";
import { countryName, identifierText } from "../../ui/names";

type Say = (found: string) => string;

const both = (en: string, zh: string): { en: Say; zh: Say } => ({ en: (x) => (x ? `${en}: ${x}` : en), zh: (x) => (x ? `${zh}：${x}` : zh) });

/** What the rule calls the things that it compares, in words. */
const features: Record<string, { en: Say; zh: Say }> = {
  start: both("Names alike enough to be compared", "名称相近，值得比较"),
  "same name": both("The telling words are the same", "关键字词相同"),
  "name misspelt": both("The names differ by a slip", "名称只差一处笔误"),
  "name sounds alike": both("The names only sound alike", "名称仅读音相近"),
  "part of the name": both("Only a part of the telling words agrees; besides", "关键字词仅部分相同，其余为"),
  "other name": both("The telling words are different", "关键字词不同"),
  "no telling word": both("A name has no word that tells companies apart; besides", "有一方名称没有可区分公司的字词，其余为"),
  "further name": both("One has a further word", "一方名称多出字词"),
  "same business": { en: (x) => `The same line of business (${parseInt(x)})`, zh: (x) => `业务相同（${parseInt(x)} 项）` },
  "further business": both("One names a further line of business", "一方名称多出业务"),
  "other business": both("Each names another line of business", "业务不同"),
  "further unit": both("One names a part of a group", "一方名称带有下属单位"),
  "other unit": both("Different parts of a group", "下属单位不同"),
  "further place": both("One names a further place", "一方名称多出地名"),
  "other place": both("Different places", "地名不同"),
  "place before the name": both("One begins with a place", "一方名称以地名开头"),
  "other number": both("Different numbers", "编号不同"),
  "group or holding": both("One is called a group or holding", "一方名称带有集团、控股等字样"),
  "both in full": both("Both are written in full, and yet one has words that the other lacks", "双方均为全称，但一方多出字词"),
  "same legal form": both("The same legal form", "法律形式相同"),
  "other legal form": both("Different legal forms", "法律形式不同"),
  "legal form of another country": both("Legal forms of different countries", "法律形式属于不同国家"),
  initials: both("One is the initials of the other", "一方是另一方的首字母缩写"),
  "short form": both("One is a short form of the other", "一方是另一方的简称"),
  "other script": both("Written in different scripts", "书写文字不同"),
  "nothing left over": both("No word of either is left over", "双方都没有多余的字词"),
  "other country": both("In different countries", "所在国家/地区不同"),
  "same country": both("In the same country", "所在国家/地区相同"),
  "place in another country": both("A place in one name lies in another country", "一方名称中的地名位于另一国家/地区"),
  identifier: both("The same identifier", "标识相同"),
  "identifier conflict": both("The identifiers contradict each other", "标识相互矛盾"),
  name: both("Spelled alike", "写法相同"),
  anonymous: { en: () => "An anonymous party stands for somebody else in each document", zh: () => "匿名方在每份文件中指代不同的对象" },
};

/** Why somebody should look, however well the rest fits: by how the rule begins to say it. */
const unsure: readonly (readonly [string, string, string])[] = [
  ["what only sounds alike", "What only sounds alike needs a person", "仅读音相近，须由人判断"],
  ["a slip", "A slip needs a person", "存在笔误，须由人判断"],
  ["initials", "Initials need a person", "首字母缩写须由人判断"],
  ["names without a telling word", "Names without a telling word need a person", "缺少关键字词，须由人判断"],
  ["words that mean the same", "Words that mean the same but are not the same need a person", "字词含义相同但写法不同，须由人判断"],
];

/** What was found, where it is more than words of the names themselves. */
function found(r: Reason): string {
  const detail = r.detail ?? "";
  switch (r.feature) {
    case "same country":
    case "other country":
      return detail.replace(/\b[A-Z]{2}\b/g, countryName);
    case "identifier":
      return identifierText(detail);
    case "identifier conflict":
      return contradictionText(detail);
    case "name":
      return detail.replace(/^spelled alike: /, "");
  }
  return detail;
}

export function contradictionText(detail: string): string {
  const [, scheme, one, other] = /^([^:]+): (.*) and (.*)$/.exec(detail) ?? [];
  return scheme && one && other ? `${identifierText(`${scheme}:${one}`)} / ${other}` : detail;
}

export function reasonText(r: Reason): string {
  if (r.feature === "unsure") {
    const [begin = "", en, zh] = unsure.find(([begin]) => r.detail?.startsWith(begin)) ?? [];
    const rest = r.detail?.split(": ")[1];
    return begin ? (language.value === "zh" ? zh + (rest ? "：" + rest : "") : en + (rest ? ": " + rest : "")) : (r.detail ?? r.feature);
  }
  const say = features[r.feature];
  return say ? say[language.value](found(r)) : [r.feature, r.detail].filter(Boolean).join(": ");
}

const w = words({
  en: { title: "Reasons", for: "for", against: "against", scale: "The number is what a reason adds to the logarithm of the odds that the two are one; 20 decides by itself." },
  zh: { title: "理由", for: "支持", against: "反对", scale: "数字为该理由对“两者为同一家公司”的对数几率的增减；20 即足以单独定论。" },
});

/** From here on all bars are full: what decides by itself would make the others too short to see. */
const fullBar = 3;

export function Reasons({ of }: { of: readonly Reason[] }) {
  return (
    <section class="review-reasons">
      <h3>{w().title}</h3>
      <ul>
        {of.map((r) => (
          <li key={r.feature + r.detail} class={r.weight < 0 ? "against" : "for"}>
            <span class="weight"><span class="unseen">{r.weight < 0 ? w().against : w().for} </span>{weight(r.weight)}</span>
            <span class="weigh" aria-hidden="true"><span style={{ width: `${Math.min(1, Math.abs(r.weight) / fullBar) * 50}%` }} /></span>
            <span>{reasonText(r)}</span>
          </li>
        ))}
      </ul>
      <p><small>{w().scale}</small></p>
    </section>
  );
}

function weight(x: number): string {
  return (x < 0 ? "−" : "+") + Math.abs(x).toFixed(1);
}
