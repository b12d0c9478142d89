package resolve

import (
	"strings"
	"sync"
)

// pinyin maps Chinese characters to their most common reading, without tones.
var pinyin = sync.OnceValue(func() map[rune]string {
	readings := make(map[rune]string, 18_000)
	tableLines(pinyinTable, func(line string) {
		syllable, chars, _ := strings.Cut(line, " ")
		for _, r := range chars {
			readings[r] = syllable
		}
	})
	return readings
})

// readings maps words in Chinese characters to how they are read in Japanese; a word may have several.
var readings = sync.OnceValue(func() map[string][]string {
	words := map[string][]string{}
	tableLines(readingTable, func(line string) {
		fields := strings.Fields(line)
		for _, w := range fields[1:] {
			w = foldName(w)
			words[w] = append(words[w], fields[0])
		}
	})
	return words
})

// kanaSyllables are the syllables of katakana as Hepburn writes them, those of two characters first.
var kanaSyllables = map[string]string{
	"キャ": "kya", "キュ": "kyu", "キョ": "kyo", "シャ": "sha", "シュ": "shu", "ショ": "sho", "シェ": "she", "チャ": "cha", "チュ": "chu", "チョ": "cho", "チェ": "che", "ニャ": "nya", "ニュ": "nyu", "ニョ": "nyo",
	"ヒャ": "hya", "ヒュ": "hyu", "ヒョ": "hyo", "ミャ": "mya", "ミュ": "myu", "ミョ": "myo", "リャ": "rya", "リュ": "ryu", "リョ": "ryo", "ギャ": "gya", "ギュ": "gyu", "ギョ": "gyo", "ジャ": "ja", "ジュ": "ju", "ジョ": "jo", "ジェ": "je",
	"ビャ": "bya", "ビュ": "byu", "ビョ": "byo", "ピャ": "pya", "ピュ": "pyu", "ピョ": "pyo", "ファ": "fa", "フィ": "fi", "フェ": "fe", "フォ": "fo", "ティ": "ti", "ディ": "di", "デュ": "du", "テュ": "tu", "トゥ": "tu", "ドゥ": "du",
	"ウィ": "wi", "ウェ": "we", "ウォ": "wo", "ヴァ": "va", "ヴィ": "vi", "ヴェ": "ve", "ヴォ": "vo", "ツァ": "tsa", "クォ": "kwo", "クァ": "kwa", "イェ": "ye",
	"ア": "a", "イ": "i", "ウ": "u", "エ": "e", "オ": "o", "カ": "ka", "キ": "ki", "ク": "ku", "ケ": "ke", "コ": "ko", "サ": "sa", "シ": "shi", "ス": "su", "セ": "se", "ソ": "so", "タ": "ta", "チ": "chi", "ツ": "tsu", "テ": "te", "ト": "to",
	"ナ": "na", "ニ": "ni", "ヌ": "nu", "ネ": "ne", "ノ": "no", "ハ": "ha", "ヒ": "hi", "フ": "fu", "ヘ": "he", "ホ": "ho", "マ": "ma", "ミ": "mi", "ム": "mu", "メ": "me", "モ": "mo", "ヤ": "ya", "ユ": "yu", "ヨ": "yo",
	"ラ": "ra", "リ": "ri", "ル": "ru", "レ": "re", "ロ": "ro", "ワ": "wa", "ヲ": "o", "ン": "n", "ガ": "ga", "ギ": "gi", "グ": "gu", "ゲ": "ge", "ゴ": "go", "ザ": "za", "ジ": "ji", "ズ": "zu", "ゼ": "ze", "ゾ": "zo",
	"ダ": "da", "ヂ": "ji", "ヅ": "zu", "デ": "de", "ド": "do", "バ": "ba", "ビ": "bi", "ブ": "bu", "ベ": "be", "ボ": "bo", "パ": "pa", "ピ": "pi", "プ": "pu", "ペ": "pe", "ポ": "po", "ヴ": "v", "ヱ": "e", "ヰ": "i",
	"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "ya", "ュ": "yu", "ョ": "yo", "ヮ": "wa", "ー": "", "・": "", "ヶ": "ga", "ヵ": "ka", "ッ": "",
}

// letterNames are Latin letters as Japanese company names spell them out.
var letterNames = map[string]string{"エー": "a", "エイ": "a", "ビー": "b", "シー": "c", "ディー": "d", "イー": "e", "エフ": "f", "ジー": "g", "エイチ": "h", "エッチ": "h", "アイ": "i", "ジェイ": "j", "ジェー": "j", "ケイ": "k", "ケー": "k",
	"エル": "l", "エム": "m", "エヌ": "n", "オー": "o", "ピー": "p", "キュー": "q", "アール": "r", "エス": "s", "ティー": "t", "ユー": "u", "ヴイ": "v", "ブイ": "v", "ダブリュー": "w", "ダブリュ": "w", "エックス": "x", "ワイ": "y", "ゼット": "z"}

// romanize writes a word in Latin letters as well as can be told without knowing the word: for finding candidates, and as
// weak evidence. japanese says that characters are rather read as in Japanese.
func romanize(word string, japanese bool) string {
	if isASCII(word) {
		return word
	}
	if letters := spelledLetters(word); letters != "" {
		return letters
	}
	var b strings.Builder
	runes := []rune(word)
	for i := 0; i < len(runes); {
		if japanese {
			if roman, n := readingAt(runes[i:]); n > 0 {
				b.WriteString(roman)
				i += n
				continue
			}
		}
		r := runes[i]
		if scriptOf(r) == scriptKana {
			roman, n := kanaAt(runes[i:])
			if r == 'ッ' || r == 'っ' { // doubles the consonant that follows
				if next, _ := kanaAt(runes[min(i+1, len(runes)-1):]); next != "" && i+1 < len(runes) {
					b.WriteByte(next[0])
				}
			}
			b.WriteString(roman)
			i += n
			continue
		}
		if syllable, ok := pinyin()[r]; ok {
			b.WriteString(syllable)
		} else if r < 0x80 {
			b.WriteRune(r)
		}
		i++
	}
	return b.String()
}

// spelledLetters are Latin letters that a word in katakana spells out: ジェイエフイー is jfe; empty where it does not.
func spelledLetters(word string) string {
	if scriptOf([]rune(word)[0]) != scriptKana {
		return ""
	}
	var letters strings.Builder
	for word != "" {
		longest := ""
		for name := range letterNames {
			if len(name) > len(longest) && strings.HasPrefix(word, name) {
				longest = name
			}
		}
		if longest == "" {
			return ""
		}
		letters.WriteString(letterNames[longest])
		word = word[len(longest):]
	}
	return letters.String()
}

// longestReading bounds how many characters a word with a reading has.
const longestReading = 8

func readingAt(runes []rune) (roman string, n int) {
	for n := min(longestReading, len(runes)); n >= 1; n-- {
		if r := readings()[string(runes[:n])]; len(r) > 0 {
			return r[0], n
		}
	}
	return "", 0
}

func kanaAt(runes []rune) (roman string, n int) {
	for n := min(2, len(runes)); n >= 1; n-- {
		if s, ok := kanaSyllables[katakana(string(runes[:n]))]; ok {
			return s, n
		}
	}
	return "", 1
}

// katakana writes hiragana in katakana.
func katakana(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x3041 && r <= 0x3096 {
			return r + 0x60
		}
		return r
	}, text)
}
