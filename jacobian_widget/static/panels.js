function p(e,t={},...n){if(t instanceof Node||typeof t=="string")return p(e,{},t,...n);let[r,o]=e.split("."),s=document.createElement(r);o&&(s.className=o),r==="button"&&s.setAttribute("type","button");for(let[i,l]of Object.entries(t))K(s,i,l);return s.append(...n),s}function K(e,t,n){if(n==null||n===!1&&!t.startsWith("aria-")){e.hasAttribute(t)&&e.removeAttribute(t);return}let r=n===!0&&!t.startsWith("aria-")?"":String(n);e.getAttribute(t)!==r&&e.setAttribute(t,r)}function Q(e,t){e.textContent!==t&&(e.textContent=t)}function V(e,t){e.hidden===t&&(e.hidden=!t)}function Qn(e){return e.getRootNode().activeElement??null}var Jn={semantic:{name:"Semantic",unit:"logits per unit embedding norm",explains:"How far each token can move the logit of one target token.",target:!0},fisher:{name:"Fisher",unit:"nats",explains:"How far each token can move the whole next-token distribution.",target:!1},temperature:{name:"Temperature",unit:"β per unit embedding norm",explains:"How far each token can move the model’s confidence, its effective inverse temperature β.",target:!1},contrast:{name:"Contrast",unit:"logits per unit embedding norm",explains:"How far each token can move the target’s logit away from another token’s.",target:!0},log_probability:{name:"Log-probability",unit:"nats per unit embedding norm",explains:"How far each token can move the log-probability of one target token.",target:!0},entropy:{name:"Entropy",unit:"nats per unit embedding norm",explains:"How far each token can move the uncertainty (entropy) of the prediction.",target:!1}};var pe=Jn,gn=["semantic","fisher","temperature"],Xn=["contrast","log_probability","entropy"];var Ts=/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,As=/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u,Es=/^[\u200c\u200d]+$/,Ps=/[\n\t\r]/,Ls=/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Zl}\p{Zp}]/gu,ke=(e,t,n)=>e[t+1]??n;function Ne(e,t){let n=0,r=e.length-1;for(;n<r;){let o=n+r+1>>1;e[o]<=t?n=o:r=o-1}return n}function Pe(e,t,n){let r=t[n],o=ke(t,n,e.ids.length);return o===r+1?e.pieces[r]:e.pieces.slice(r,o).join("")}function je(e){return e.replace(Ls,t=>`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function we(e,t,n){let r=t[n],o=ke(t,n,e.ids.length),s=je(e.labels.slice(r,o).join(""));return s.length>60?`${[...s].slice(0,58).join("")}…`:s}var Yn=1,er=2,bn="template",Cs=/^[\p{P}\p{Z}\s]+$/u,tr=(e,t)=>e?.[t]===bn;function wn(e){let t=new Uint8Array(e.ids.length),n=e.groups.number;for(let r=0;r<n.length;r++){let o=Cs.test(Pe(e,n,r)),s=ke(n,r,t.length);for(let i=n[r];i<s;i++)t[i]=(o?er:0)|(tr(e.roles,i)?Yn:0)}return t}function nr(e,t,n){let r=ke(t,n,e.ids.length);for(let o=t[n];o<r;o++)if(!tr(e.roles,o))return!1;return!0}var xn=(e,t,n)=>e.generated!==null&&t[n]>=e.generated;function rr(e,t,n){let r=ke(t,n,e.ids.length),o=new Set(e.roles?.slice(t[n],r));return o.size>1&&o.delete(bn),[o.has(bn)?"chat template":je([...o].join(" and ")),xn(e,t,n)?"generated":""].filter(i=>i!=="").join(", ")}function Te(e){let t=e.replace(/␣/g," ").replace(/↵/g," line break ").replace(/⇥/g," tab ").trim();return t===""?"space":t}var Is=/^[\s\p{C}]*$/u,or=e=>Is.test(e),Nt=e=>Ts.test(e);function yn(e){return e===""?"·":!As.test(e)||Ps.test(e)||Es.test(e)?null:je(e).startsWith("⟨")?je(e):"·"}var Wt=(e,t,n)=>ke(t,n,e.ids.length)-1>0||e.bos.length>0;var ot=["semantic","fisher","temperature","contrast","log_probability","entropy"];var Dt=class extends Error{};function de(e){throw new Dt(e)}function De(e){return typeof e=="object"&&e!==null&&!Array.isArray(e)}function jt(e,t){let n=e[t];return typeof n=="string"?n:de(`"${t}" is not a text`)}function ze(e,t){let n=e[t];return typeof n=="number"&&Number.isFinite(n)?n:de(`"${t}" is not a finite number`)}function Ze(e,t){let n=ze(e,t);return Number.isInteger(n)&&n>=0?n:de(`"${t}" is not a whole number`)}function yt(e,t){return e[t]===null||e[t]===void 0?null:Ze(e,t)}function kt(e,t){let n=e[t];return Array.isArray(n)?n:de(`"${t}" is not a list`)}function jn(e,t){let n=kt(e,t);return n.every(r=>typeof r=="string")?n:de(`"${t}" holds something other than text`)}function sr(e,t){let n=kt(e,t);return n.every(r=>Number.isInteger(r)&&r>=0)?n:de(`"${t}" holds something other than whole numbers`)}function Ht(e){let t,n=0,r;if(ArrayBuffer.isView(e))t=e.buffer,n=e.byteOffset,r=e.byteLength;else if(e instanceof ArrayBuffer)t=e,r=e.byteLength;else return null;return r%4!==0?null:n%4!==0?new Float32Array(t.slice(n,n+r)):new Float32Array(t,n,r/4)}function We(e,t,n){let r=Ht(e[t]);r||de(`"${t}" is not float32 data`),n!==void 0&&r.length!==n&&de(`"${t}" holds ${r.length} numbers, ${n} were expected`);for(let o=0;o<r.length;o++)Number.isFinite(r[o])||de(`"${t}" holds a number that is not finite`);return r}function rt(e,t,n){let r=sr(e,t);for(let o=0;o<r.length;o++){let s=r[o],i=o===0?0:r[o-1]+1;(s<i||s>=n||o===0&&s!==0)&&de(`the groups "${t}" are out of order`)}return n>0&&r.length===0&&de(`the groups "${t}" are missing`),r}function ir(e,t,n){if(t==null)return{ok:!0,value:null};if(!De(t))return{ok:!1,error:`${e} is not a dictionary`};if(Object.keys(t).length===0)return{ok:!0,value:null};try{return{ok:!0,value:n(t)}}catch(r){if(r instanceof Dt)return{ok:!1,error:`${e}: ${r.message}`};throw r}}function Os(e,t){if(e.roles===null||e.roles===void 0)return null;let n=[],r=kt(e,"roles");for(let[o,s]of r.entries()){let[i,l]=Array.isArray(s)?s:[],a=r[o+1],c=a===void 0?t:Array.isArray(a)?a[1]:null;for((typeof i!="string"||l!==n.length||!Number.isInteger(c)||c<=l)&&de('the runs of "roles" are out of order');n.length<c;)n.push(i)}return n.length===t?n:de(`"roles" are not those of ${t} tokens`)}function ar(e){return ir("tokens",e,t=>{let n=sr(t,"ids"),r=jn(t,"pieces"),o=jn(t,"labels");(r.length!==n.length||o.length!==n.length)&&de(`${n.length} ids, ${r.length} pieces and ${o.length} labels`);let s=t.groups;return De(s)||de('"groups" is not a dictionary'),{text:jt(t,"text"),ids:n,pieces:r,labels:o,groups:{token:rt(s,"token",n.length),word:rt(s,"word",n.length),number:rt(s,"number",n.length),sentence:rt(s,"sentence",n.length),line:rt(s,"line",n.length),regex:rt(s,s.regex===void 0?"token":"regex",n.length)},pattern:typeof t.pattern=="string"?t.pattern:"",bos:jn(t,"bos"),roles:Os(t,n.length),generated:yt(t,"generated")}})}function Rs(e){return De(e)||de("a prediction is not a dictionary"),{id:Ze(e,"id"),label:jt(e,"label"),piece:jt(e,"piece"),p:ze(e,"p"),logit:ze(e,"logit")}}function Ns(e){return(!Array.isArray(e)||typeof e[0]!="string")&&de("a direction has no name"),kn(e[0],e[1])}function kn(e,t){return t==null?e:`${e}:${t}`}function Ws(e,t){if(e==null)return null;De(e)||de('"fisher" is not a dictionary');let n=Ze(e,"rank");return{rank:n,spectrum:We(e,"spectrum",t*n),spectrumBos:We(e,"spectrum_bos",n),remainder:We(e,"remainder",t),remainderBos:ze(e,"remainder_bos"),standardError:We(e,"standard_error",t),dimension:Ze(e,"dimension"),captured:We(e,"captured",n),exact:e.exact===!0,directions:e.n_directions===void 0?0:Ze(e,"n_directions"),rtol:e.rtol===void 0?0:ze(e,"rtol")}}function Bt(e){return ir("basis",e,t=>{let n=kt(t,"directions").map(Ns),r=n.length,o=r*(r+1)/2,s=We(t,"gram"),i=t.fisher,l=o>0?s.length/o:De(i)?We(i,"standard_error").length:0;Number.isInteger(l)||de(`"gram" holds ${s.length} numbers, which ${o} per token do not divide`);let a=Ze(t,"end");return a>l&&de(`"end" is ${a}, beyond the ${l} tokens`),{text:jt(t,"text"),position:yt(t,"position"),length:l,end:a,directions:new Map(n.map((c,m)=>[c,m])),size:r,gram:s,gramBos:We(t,"gram_bos",o),signed:We(t,"signed",l*r),fisher:Ws(i,l),predictions:kt(t,"predictions").map(Rs),defaultTarget:yt(t,"default_target"),defaultFoil:yt(t,"default_foil"),actual:yt(t,"actual"),entropy:ze(t,"entropy"),beta:ze(t,"beta"),model:jt(t,"model"),nVjps:Ze(t,"n_vjps"),seconds:ze(t,"seconds"),degenerate:t.degenerate===!0,complete:t.complete===!0}})}function He({scope:e,signed:t}){return t===!0&&e!=="fisher"}var Qe=(e,t)=>t??e.defaultTarget;function st(e,t,n){if(n!==null)return n;let r=Qe(e,t);return e.predictions.find(o=>o.id!==r)?.id??e.defaultFoil}function lr(e,t){let n=(o,s)=>e.directions.get(kn(o,s)),r=Qe(e,t.target);switch(t.scope){case"semantic":{if(r===null)return null;let o=n("log_probability",r),s=n("mean",null);if(o!==void 0&&s!==void 0)return[[o,1],[s,1]];let i=n("logit",r);return i===void 0?null:[[i,1]]}case"log_probability":{let o=r===null?void 0:n("log_probability",r);return o===void 0?null:[[o,1]]}case"contrast":{let o=st(e,t.target,t.foil);if(r===null||o===null)return null;for(let s of["log_probability","logit"]){let i=n(s,r),l=n(s,o);if(i!==void 0&&l!==void 0)return[[i,1],[l,-1]]}return null}case"temperature":case"entropy":{let o=n(t.scope,null);return o===void 0?null:[[o,1]]}case"fisher":return null}}var vn=e=>Math.asinh(e/.01)/Math.asinh(100),Ds=e=>Math.sinh(e*Math.asinh(100))*.01;function Hs({order:e,scores:t},n){let r=0,o=e.length;for(;r<o;){let s=r+o>>1;Math.abs(t[e[s]])>n?r=s+1:o=s}return r}function _t(e,{scale:t,vmax:n}){return t==="rank"?e.max:n??e.max}function $n(e,t,n){let r=Math.abs(e);if(!(r>0))return 0;if(n.scale==="rank")return t.scored>0?1-Hs(t,r)/t.scored:0;let o=Math.min(1,r/_t(t,n));return n.scale==="log"?vn(o):n.scale==="share"?o**t.power:o}function cr(e,t,n){if(n.scale==="rank"){let o=t.scored-1,s=t.order[Math.max(0,Math.min(o,Math.floor(t.scored*(1-e)+1e-9)))];return s===void 0?0:Math.abs(t.scores[s])}return(n.scale==="log"?Ds(e):n.scale==="share"?e**(1/t.power):e)*_t(t,n)}function vt(e,t=0){return!(e>0)||e<t?0:Math.min(63,Math.max(1,Math.round(e*63)))}function it(e,t,n){let{scores:r}=e;for(let o=0;o<r.length;o++){let s=r[o],i=vt($n(s,e,t),t.threshold);n[o]=s<0?-i:i}}var qe=e=>e.replace("-","−"),Bs="⁰¹²³⁴⁵⁶⁷⁸⁹",$t=e=>e===0?0:Math.floor(Math.log10(Math.abs(e)));function Sn(e){let t=$t(e),n=[...String(Math.abs(t))].map(r=>Bs[Number(r)]).join("");return`${(e/10**t).toFixed(1)} × 10${t<0?"⁻":""}${n}`}function le(e,t){if(e===0)return"0";let n=$t(t);if(n<-3||n>5)return Sn(e);let r=Math.max(0,Math.min(5,2-n)),o=e.toFixed(r);return Number(o)===0?`< ${(10**-r).toFixed(r)}`:qe(o)}function ur(e,t){let n=le(Math.abs(e),t);return n==="0"||n.startsWith("<")?n:`${e<0?"−":"+"}${n}`}function Ft(e,t,n,r){if(!(t>0))return le(e,n);let o=$t(n);if(o<-3||o>5)return`${Sn(e)} ± ${Sn(t)}`;let s=Math.max(0,Math.min(2-o,r>0?-$t(r):5,5)),i=Math.max(s,Math.min(s+1,-$t(t))),l=t.toFixed(i);return`${e.toFixed(i)} ± ${Number(l)===0?(10**-i).toFixed(i):l}`}function me(e){return e>0&&e<.005?"< 1 %":`${Math.round(e*100)} %`}function Je(e){return e>0&&e<5e-4?"< 0.1 %":e<1&&e>.9995?"> 99.9 %":`${(e*100).toFixed(1)} %`}function Se(e){let t=e%100,n=t>10&&t<14?"th":["th","st","nd","rd"][e%10]??"th";return`${e.toLocaleString("en")}${n}`}var ue=(e,t)=>`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`;function pr(e){return e<10?`${Math.max(1,Math.round(e))} s`:e<55?`${Math.round(e/5)*5} s`:e<3300?`${Math.round(e/60)} min`:`${(e/3600).toFixed(1)} h`}function Ue({tokens:e,starts:t},{position:n}){return e&&n!==null&&n<e.ids.length?Ne(t,n):null}function mr(e,t){let{tokens:n,starts:r,picture:o,question:s,basis:i}=e;if(!n||t<0||t>=r.length)return null;let l=r[t],a=ke(r,t,n.ids.length)-1,c=n.ids.slice(l,a+1),m=a===l?`token ${l}, id ${c[0]}`:`tokens ${l}–${a}, ids ${c.slice(0,4).join(" ")}${c.length>4?" …":""}`,u={label:we(n,r,t),score:"",place:"",share:"",origin:rr(n,r,t),tokens:m,hint:""};return Wt(n,r,t)||(u.hint="Nothing stands before it, so there is no prediction to explain."),o&&s&&i&&!e.degenerate&&(!e.fits&&t===e.explained?u.place="not computed":t===e.explained&&l>=i.end?u.place="explained here":l>=i.end?u.place="comes after the explained token, so no influence":o.rank[t]?(u.score=Be(o,t),u.place=`${Se(o.rank[t]??0)} of ${o.scored.toLocaleString("en")}`,u.share=`${me(o.shares[t]??0)} of ${o.signed?"the sum without signs":"the influence"}`):u.place="hidden"),u}function Be(e,t){let n=e.scores[t]??0;if(e.signed)return ur(n,e.max);let r=e.order[0]??0;return Ft(n,e.errors?.[t]??0,e.max,e.errors?.[r]??0)}function Le(e){let{unit:t}=pe[e.scope];return He(e)?t.replace(/ per .*/,""):t}var Ae=e=>e==="regex"||e==="number"?"piece":e;function fr(e,t){let n=Math.min(e.length,t.length),r=0;for(;r<n&&e[r]===t[r];)r++;let o=0;for(;o<n-r&&e[e.length-1-o]===t[t.length-1-o];)o++;let s=[];for(let a=0;a<r;a++)s.push({before:a,now:a,same:!0});let[i,l]=_s(e.slice(r,e.length-o),t.slice(r,t.length-o));for(let a of Fs(i,l))s.push({before:a.before===null?null:a.before+r,now:a.now===null?null:a.now+r,same:a.same});for(let a=o;a>0;a--)s.push({before:e.length-a,now:t.length-a,same:!0});return s}function _s(e,t){let n=new Map,r=o=>{let s=n.get(o)??n.size;return n.set(o,s),s};return[Int32Array.from(e,r),Int32Array.from(t,r)]}function Fs(e,t){if(e.length===0||t.length===0)return dr(e,t,null,0,0);let n=Math.min(Math.min(e.length,t.length)+1,Math.floor(1e9/(e.length+t.length))),r=Math.abs(e.length-t.length),o=Math.max(e.length,t.length);for(let s=32;;s=Math.min(o,s*8)){let i=Math.min(0,t.length-e.length)-s,l=r+2*s+1,{cost:a,steps:c}=zs(e,t,n,i,l),m=s>=o||a<=n*(r+2*(s+1)),u=(e.length+1)*(r+2*Math.min(o,8*s)+1);if(m||u>12e6)return dr(e,t,c,i,l)}}function zs(e,t,n,r,o){let s=new Uint8Array((e.length+1)*o),i=2*n-1,l=new Int32Array(o+1).fill(1073741824);for(let a=Math.max(0,-r);a<o&&a+r<=t.length;a++)l[a]=n*(a+r),s[a]=2;for(let a=1;a<=e.length;a++){let c=Math.max(0,-r-a),m=Math.min(o-1,t.length-r-a),u=e[a-1],d=a*o,g=1073741824;for(let w=c;w<=m;w++){let f=a+r+w,y=1073741824,h=0;f>0&&(y=l[w]+(t[f-1]===u?0:i));let x=l[w+1]+n;x<y&&(y=x,h=1);let j=g+n;j<y&&(y=j,h=2),l[w]=y,s[d+w]=h,g=y}}return{cost:l[t.length-e.length-r],steps:s}}function dr(e,t,n,r,o){let s=[],i=e.length,l=t.length;for(;i>0||l>0;){let a=i===0?2:l===0||!n?1:n[i*o+l-i-r],c=a===2?null:--i,m=a===1?null:--l;s.push({before:c,now:m,same:c!==null&&m!==null&&e[c]===t[m]})}return s.reverse()}function Re(e){return!(e.ctrlKey||e.metaKey||e.altKey)}function hr(e){let t=e.getBoundingClientRect();return{x:(t.left+t.right)/2,y:(t.top+t.bottom)/2,height:t.height}}function gr(e,t,n,r,o){let s=hr(r(e)),i=null,l=e,a=Number.POSITIVE_INFINITY;for(let c=e+t;c>=0&&c<n;c+=t){if(o?.(c))continue;let m=hr(r(c));if(Math.abs(m.y-s.y)<s.height/2)continue;if(i===null)i=m.y;else if(Math.abs(m.y-i)>s.height/2)break;let u=Math.abs(m.x-s.x);u<a&&(a=u,l=c)}return l}var qs=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;function zt(e){return qs.test(e.match(/\p{L}/u)?.[0]??"")?"rtl":"ltr"}function Mn(e,t,n,r){let o=r?"ArrowLeft":"ArrowRight",s=r?"ArrowRight":"ArrowLeft";return e===o?Math.min(n-1,t+1):e===s?Math.max(0,t-1):e==="Home"?0:e==="End"?n-1:null}function qt(e,t,n){let r=p("div",{role:"listbox"}),o=[],s=!1,i=0,l,a=u=>{let d=u.target.closest?.("[data-item]")?.dataset.item;return d===void 0?null:Number(d)};function c(u){i!==u&&o[i]?.removeAttribute("tabindex"),i=u;let d=o[u];d&&K(d,"tabindex",0)}let m=(u,d)=>gr(u,d,o.length,g=>o[g]);return t(r,"pointerover",u=>n.point(a(u))),t(r,"pointerleave",()=>n.point(null)),t(r,"pointerdown",u=>{let d=a(u);d!==null&&c(d)}),t(r,"click",u=>{let d=a(u);d!==null&&n.choose(d)}),t(r,"focusin",u=>{let d=a(u);d!==null&&(K(o[d],"aria-label",n.name(d)),u.target.matches(":focus-visible")&&n.point(d))}),t(r,"focusout",()=>n.point(null)),e.on(r,u=>{if(!Re(u)||o.length===0)return!1;if(u.key==="Enter"||u.key===" ")return n.choose(i),!0;let d=u.key==="ArrowDown"?m(i,1):u.key==="ArrowUp"?m(i,-1):Mn(u.key,i,o.length,s);return d===null?!1:(c(d),o[d]?.focus(),!0)}),{el:r,items(u,d){r.contains(l??null)&&l?.classList.remove("is-hot"),l=void 0,o=u,s=d;for(let[w,f]of o.entries()){K(f,"role","option"),K(f,"data-item",w);let y=f.textContent??"";or(y)&&K(f,"aria-label",Te(je(y)))}i=Math.max(0,Math.min(i,o.length-1)),c(i)},light(u){let d=u===null?void 0:o[u];d!==l&&(l?.classList.remove("is-hot"),d?.classList.add("is-hot"),l=d)}}}var Us=24,Vs=e=>e===0?"transparent":`color-mix(in srgb,var(${e<0?"--jw-negative":"--jw-ink"}) ${(100*Math.abs(e)/63).toFixed(1)}%,transparent)`;function Gs(e,t){let n=[];for(let r=0;r<e.length;){let o=r+1;for(;o<e.length&&e[o]===e[r];)o++;let s=Vs(e[r]);n.push(`${s} ${(100*r/t).toFixed(3)}% ${(100*o/t).toFixed(3)}%`),r=o}return e.length<t&&n.push(`transparent ${(100*e.length/t).toFixed(3)}%`),`linear-gradient(90deg,${n.join(",")})`}function Ut(e,t,n,r){let o=p("span",{class:"jw-cell",role:"option",id:`${n}-cell`}),s=p("div",{class:"jw-strip",role:"listbox",tabindex:0,dir:"ltr"},o),i=[],l=0,a=1,c=1,m=new Int32Array(0),u=0,d=!1,g=h=>Math.floor(h/c);function w(h){o.classList.toggle("is-hot",h!==null);let x=g(h??u);i[Math.floor(x/a)]&&(o.style.insetInlineStart=`${100*(x%a)/a}%`,o.style.inlineSize=`${100/a}%`,o.style.top=`${100*Math.floor(x/a)/i.length}%`,o.style.height=`${100/i.length}%`)}function f(){K(o,"aria-label",r.name(u)),K(o,"aria-posinset",u+1),K(o,"aria-setsize",l)}let y=h=>{let x=s.getBoundingClientRect(),j=Math.floor((h.clientY-x.top)/x.height*i.length),M=Math.floor((h.clientX-x.left)/x.width*a);return j<0||j>=i.length||M<0||M>=a?null:m[j*a+M]??null};return t(s,"pointermove",h=>r.point(y(h)),{passive:!0}),t(s,"pointerleave",()=>r.point(null)),t(s,"click",h=>{let x=y(h);x!==null&&(u=x,r.choose(x))}),t(s,"focusin",()=>{d=s.matches(":focus-visible"),f(),d&&r.point(u)}),t(s,"focusout",()=>{d=!1,r.point(null)}),e.on(s,h=>{if(!Re(h)||l===0)return!1;if(h.key==="Enter"||h.key===" ")return r.choose(u),!0;let x=a*c,j=h.key==="ArrowDown"?x:h.key==="ArrowUp"?-x:0,M=j===0?Mn(h.key,u,l,!1):u+j;return M===null?!1:(u=Math.max(0,Math.min(l-1,M)),f(),r.point(u),!0)}),{el:s,draw(h,x){l!==h.length&&(u=Math.min(u,Math.max(0,h.length-1))),l=h.length,a=x,c=Math.max(1,Math.ceil(l/(x*Us)));let j=new Int8Array(Math.ceil(l/c));m=new Int32Array(j.length);for(let P=0;P<j.length;P++){let b=P*c;for(let k=b+1;k<Math.min(l,(P+1)*c);k++)Math.abs(h[k])>Math.abs(h[b])&&(b=k);m[P]=b,j[P]=h[b]}let M=Math.max(1,Math.ceil(j.length/a));i.length!==M&&(i=Array.from({length:M},()=>p("div",{class:"jw-strip-row"})),s.replaceChildren(...i,o));for(let[P,b]of i.entries())b.style.backgroundImage=Gs(j.subarray(P*a,(P+1)*a),a);K(s,"aria-activedescendant",o.id),f()},light:w}}var Vt=400;function An(e){return e===0?"":e<0?` w${-e} is-negative`:` w${e}`}function En(e,t){let n=yn(t);K(e,"data-mark",n);for(let r of t.split(/(\n)/))r===`
`?e.append(p("span",{class:"jw-break"},r)):r&&e.append(r)}function Pn(e){return`${yn(e)===null?"":" is-ghost"}${Nt(e)?" is-isolated":""}`}function at({dispatch:e,focus:t,keys:n,on:r},o,s,i){let l=null,a=null,c=null,m=[],u=[],d={point:x=>e({type:"hover",group:x}),choose:x=>t(x),name:x=>l?`${Te(we(l.tokens,l.starts,x))}, ${l.says(x)}`:""},g=qt(n,r,d),w=Ut(n,r,o,d);g.el.classList.add("jw-mini");let f=p("div",{},g.el,w.el),y=x=>{for(let j of[g.el,w.el])K(j,"aria-label",x)};y(s);function h({tokens:x,starts:j}){a=x,c=j,u=[],m=j.map((M,P)=>{let b=Pe(x,j,P),k=p("span");return En(k,b),u.push(`jw-token${Pn(b)}${nr(x,j,P)?" is-template":""}${xn(x,j,P)?" is-generated":""}`),k}),g.items(m,zt(x.text)==="rtl"),g.el.replaceChildren(...m)}return{el:f,name:y,draw(x){let j=l;l=x;let{tokens:M,starts:P,levels:b,end:k,explained:E,pointed:S}=x,A=P.length<=Vt;if(V(g.el,A),V(w.el,!A),!A){j?.levels!==b&&w.draw(b,i),w.light(S!==null&&S<b.length?S:null);return}let T=M!==a||P!==c;if(T&&h(x),T||j?.levels!==b||j.explained!==E||j.end!==k){for(let[v,C]of m.entries()){let B=v===E?" is-explained":P[v]>=k?" is-dim":"";C.className=`${u[v]}${An(b[v])}${B}`}g.light(null)}g.light(S)}}}function Ks({tokens:e,basis:t},n,r){let o=t.predictions.find(i=>i.id===n)?.label,s=o===void 0?e.ids.indexOf(n):-1;return je(o??e.labels[s]??r(n))}function br(e,t){let{basis:n,question:r}=e,o=i=>({token:i===null?"?":Ks(e,i,t)}),s=o(Qe(n,r.target));switch(r.scope){case"semantic":return["What moved the logit of ",s,"?"];case"log_probability":return["What moved the probability of ",s,"?"];case"contrast":return["Why ",s," rather than ",o(st(n,r.target,r.foil)),"?"];case"fisher":return r.rank===null?["What moved the whole prediction?"]:[`What moved the prediction in its top ${ue(r.rank,"direction")}?`];case"temperature":return["What moved the model’s confidence?"];case"entropy":return["What moved its uncertainty?"]}}function wr({basis:e,question:t}){let n=e.position===null?"after the text":`at token ${e.position}`;return`${pe[t.scope].name}${t.signed?", signed":""}, ${n}`}function Gt(e){return e.map(t=>typeof t=="string"?document.createTextNode(t):p("span",{class:"jw-label"},t.token))}function xr(e){return e.map(t=>typeof t=="string"?t:Te(t.token)).join("")}function Ve(e,t){return[p("span",{class:"jw-names"},...Ln(e)),p("span",{},t)]}function Ln(e){return e.flatMap((t,n)=>[...n>0?[document.createTextNode(" → ")]:[],p("span",{class:"jw-label"},t)])}function Ce(e,t){let n=e.shares[t]??0;return(e.scores[t]??0)<0?-n:n}function Ye(e){return e<0?`−${me(-e)}`:me(e)}var Xe=({picture:e,group:t})=>(e.rank[t]??0)>0;function St(e){return Xe(e)?Ye(Ce(e.picture,e.group)):e.start>=e.end?"not before the explained token":"hidden"}function Kt(e,t){let[n,r]=[St(e),St(t)];return n===r&&!Xe(e)&&!Xe(t)?r:`${n} ${Xe(e)?"pinned":"when pinned"}, ${r} now`}function Ge(e){let t=Math.abs(100*e);return t<.05?"0":`${e<0?"−":"+"}${t.toFixed(t<9.95?1:0)}`}function yr(e){let t=Array.from(e,(r,o)=>o).sort((r,o)=>e[r]-e[o]),n=new Float64Array(t.length);for(let r=0;r<t.length;){let o=r+1;for(;o<t.length&&e[t[o]]===e[t[r]];)o++;for(let s=r;s<o;s++)n[t[s]]=(r+1+o)/2;r=o}return n}function Zt(e,t){let n=e.length;if(n<3)return null;let r=yr(e),o=yr(t),s=(n+1)/2,i=0,l=0,a=0;for(let c=0;c<n;c++){let m=r[c]-s,u=o[c]-s;i+=m*u,l+=m*m,a+=u*u}return l>0&&a>0?Math.max(-1,Math.min(1,i/Math.sqrt(l*a))):null}function jr(e,t){let n=Math.ceil(Math.min(e.length,t.length)/4),r=new Set(e.subarray(0,n)),o=0;for(let s of t.subarray(0,n))r.has(s)&&o++;return{shared:o,of:n}}function et(e){return e>=.9?"alike":e>=.7?"mostly alike":e>=.4?"somewhat alike":e>-.4?"differently":"in nearly opposite order"}var Zs=100;function Cn(e,t){return e===t?"explained here":"after the explained token"}function Qs(e,t,n,r){if(n>=r)return Cn(n,r);let o=e.rank[t]??0;return o===0?"hidden":`${Be(e,t)}, ${Se(o)} of ${e.scored.toLocaleString("en")}`}function In(e,t){let n=[...e.order].filter(o=>(t.rank[o]??0)>0),r=o=>n.map(s=>Math.abs(o.scores[s]));return{rho:Zt(r(e),r(t)),count:n.length}}function lt(e){return`ρ = ${qe(e.toFixed(2))}`}function kr(e){let{on:t,uid:n}=e,r=gn.map((h,x)=>{let j=p("select",{"aria-label":`Scope of picture ${x+1}`},...[...gn,...Xn].map(E=>p("option",{value:E},pe[E].name))),M=at(e,`${n}-scope-${x}`,pe[h].name,Zs),P=p("p",{class:"jw-readout"}),b=p("p",{class:"jw-readout jw-quiet"}),k=p("div",{class:"jw-multiple"},j,M.el,P,b);return{scope:h,el:k,select:j,small:M,readout:P,range:b,picture:null,levels:new Int8Array,painted:""}}),o=p("div",{class:"jw-heading jw-part",id:`${n}-scopes`},"Three scopes"),s=p("tbody"),i=p("caption",{class:"jw-heading"}),l=p("table",{class:"jw-alike"},i,s),a=p("p",{class:"jw-quiet"},"ρ is Spearman’s rank correlation: 1 for the same order, 0 for unrelated ones, −1 for the reverse."),c=p("section",{"aria-labelledby":o.id},o,p("div",{class:"jw-multiples"},...r.map(h=>h.el)),l,a),m=[],u="",d=r.map(({small:h})=>h.el.querySelector(".jw-mini"));for(let h of d)t(h,"scroll",()=>{for(let j of d)j.scrollTop!==h.scrollTop&&(j.scrollTop=h.scrollTop)},{passive:!0});for(let h of r)t(h.select,"change",()=>{let x=h.select.value,j=r.find(M=>M.scope===x);j&&(j.scope=h.scope),h.scope=x,y(e.scene())});function g(h,x){let{wish:j,question:M}=h;return{scope:x,target:M?M.target:j.target,foil:M?M.foil:j.foil,rank:x==="fisher"?j.rank:null,signed:j.signed}}function w(h,x){let{tokens:j,starts:M,basis:P,wish:b,pointed:k}=x,{name:E}=pe[h.scope];if(h.select.value=h.scope,!j||!P)return;let S=g(x,h.scope),A=Ue(x,P),T=h.scope==="temperature"&&P.degenerate,v=T?null:e.picture(P,j,S),C={scale:b.scale,vmax:h.scope===b.scope?b.vmax:null,threshold:b.threshold},B=`${C.scale} ${C.vmax} ${C.threshold}`;(v!==h.picture||B!==h.painted||h.levels.length!==M.length)&&(h.levels=new Int8Array(M.length),v&&it(v,C,h.levels),h.picture=v,h.painted=B),h.small.name(`${E}: ${M.length.toLocaleString("en")} ${Ae(x.granularity)}s`);let ee=F=>v?Qs(v,F,M[F],P.end):"no score";h.small.draw({tokens:j,starts:M,levels:h.levels,end:P.end,explained:A,pointed:k,says:ee});let R=v?.order[0],_=k??R;if(!v||R===void 0||_===void 0||_>=M.length){let F=x.state==="computing"?"On its way":"Not computed";h.readout.replaceChildren(T?"Says nothing about this model":F),Q(h.range,"");return}h.readout.replaceChildren(k===null?"Strongest":"",...Ve([we(j,M,_)],k===null?Be(v,_):ee(_))),Q(h.range,`Up to ${Be(v,R)} ${Le(S)}`)}function f(h){let x=r.map(k=>k.picture);if(x.every((k,E)=>k===m[E])&&m.length>0)return;m=x;let j=`${Ae(h.granularity)}s`,M=[],P=[],b=0;for(let[k,E]of r.entries())for(let S of r.slice(k+1)){if(!E.picture||!S.picture)continue;let{rho:A,count:T}=In(E.picture,S.picture),{shared:v,of:C}=jr(E.picture.order,S.picture.order);if(b=T,A===null)continue;let B=`${pe[E.scope].name} and ${pe[S.scope].name}`;P.push(`${B} rank the ${j} ${et(A)}, ${lt(A)}.`),M.push(p("tr",{},p("th",{scope:"row"},`${B} rank the ${j} ${et(A)}`),p("td",{class:"jw-number"},lt(A)),p("td",{class:"jw-number"},`${v} of the ${C} strongest are the same`)))}s.replaceChildren(...M),Q(i,M.length>0?`How alike they rank ${ue(b,Ae(h.granularity))}`:b>0?`Too few ${j} to say how alike they are ranked`:""),V(a,M.length>0),u=P.join(" ")}function y(h){let x=h.tokens!==null&&h.basis!==null&&h.drawable;if(V(c,x),!x)return"";for(let j of r)w(j,h);return f(h),c.classList.toggle("is-stale",!h.fits),K(c,"aria-busy",h.fits?null:"true"),u}return{el:c,update:y}}var Js=160;function Mt(){return p("span",{class:"jw-quiet"},"Point at a piece to read its numbers.")}var On=6,Xs=.01;function Rn(e){let t=Xs;for(let r=0;r<e.length;r++)t=Math.max(t,Math.abs(e[r]));return{levels:Int8Array.from(e,r=>Math.sign(r)*vt(Math.abs(r)/t)),full:t}}function Nn(e,t=On){return Array.from(e,(n,r)=>r).filter(n=>Ge(e[n])!=="0").sort((n,r)=>Math.abs(e[r])-Math.abs(e[n])||n-r).slice(0,t)}function Tt(){let e=p("span"),t=p("span"),n=p("span",{class:"jw-number"}),r=s=>p("i",{class:`jw-sign jw-token w63${s}`,"aria-hidden":"true"});return{el:p("p",{class:"jw-sides jw-quiet"},p("span",{},r(""),e),p("span",{},r(" is-negative"),t),n),draw(s,i){Q(e,s.more),Q(t,s.less),Q(n,i)}}}function Ys({labels:e,detail:t,value:n}){return`${[e.map(Te).join(" becomes "),t.replace("→","to"),n].filter(o=>o!=="").join(", ")}: show in the text`}function ct({dispatch:e,focus:t,on:n},r){let o=p("div",{class:"jw-heading",id:r}),s=p("ol",{"aria-labelledby":r}),i=p("div",{class:"jw-ranked"},o,s),l=[],a=[],c=d=>{let g=a.findIndex(w=>w.contains(d.target));return l[g]?.group??null},m=d=>e({type:"hover",group:c(d)}),u=()=>e({type:"hover",group:null});return n(s,"pointerover",m),n(s,"pointerleave",u),n(s,"focusin",m),n(s,"focusout",u),n(s,"click",d=>{let g=c(d);g!==null&&t(g)}),{el:i,draw(d,g,w){g!==l&&(l=g,Q(o,d),a=g.map(({labels:f,detail:y,value:h,group:x})=>{let j=[p("span",{class:"jw-names"},...Ln(f)),p("span",{class:"jw-quiet jw-number"},y),p("span",{class:"jw-number"},h)];return p("li",{},x===null?p("div",{},...j):p("button",{"aria-label":Ys({labels:f,detail:y,value:h,group:x})},...j))}),s.replaceChildren(...a),V(i,g.length>0));for(let[f,y]of a.entries())y.classList.toggle("is-hot",w!==null&&g[f]?.group===w)}}}function vr(e){let{uid:t}=e,n=at(e,`${t}-difference`,"Difference",Js),r=Tt(),o=ct(e,`${t}-differences`),s=p("p",{class:"jw-readout"}),i=p("p"),l=p("div",{class:"jw-difference"},r.el,n.el,s,o.el,i),a=null,c="";function m(u,d,g,w){let{tokens:f,starts:y,basis:h}=u,x=Float64Array.from(y,(T,v)=>g.rank[v]&&w.rank[v]?Ce(w,v)-Ce(g,v):0),{levels:j,full:M}=Rn(x),P=Nn(x).map(T=>({labels:f?[we(f,y,T)]:[],detail:`${Ye(Ce(g,T))} → ${Ye(Ce(w,T))}`,value:Ge(x[T]),group:T})),{rho:b,count:k}=In(g,w),E=`${Ae(u.granularity)}s`,S=b===null?`Too few ${E} to say how alike the two rank them.`:`The two rank ${ue(k,Ae(u.granularity))} ${et(b)}: ${lt(b)}.`,A=h&&d.basis.position!==h.position;return{before:g,now:w,differences:x,levels:j,full:M,rows:P,alike:A?`${S} They explain different tokens.`:S}}return{el:l,update(u,d,g,w){let{tokens:f,starts:y,pointed:h,explained:x,basis:j}=u;if(!f||!j)return"";if(a?.before!==g||a.now!==w){a=m(u,d,g,w);let S=g.signed||w.signed;r.draw(S?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`full ink: ${Ge(a.full).slice(1)} points of the influence`),Q(i,a.alike);let A=a.rows[0];c=A?`Difference to the pinned picture: largest at ${Te(A.labels.join(""))}, ${A.value} points. ${a.alike}`:`No difference to the pinned picture. ${a.alike}`}let{differences:M,levels:P,rows:b}=a,k=S=>{let A=y[S],T={picture:g,group:S,start:A,end:d.basis.end},v={picture:w,group:S,start:A,end:j.end},C=Kt(T,v);return Xe(T)&&Xe(v)?`${Ge(M[S])} points, ${C}`:C},E=Math.min(d.basis.end,j.end);return n.name(`Difference: ${y.length.toLocaleString("en")} ${Ae(u.granularity)}s`),n.draw({tokens:f,starts:y,levels:P,end:E,explained:x,pointed:h,says:k}),o.draw("Largest differences, in points of the influence",b,h),s.replaceChildren(...h===null||h>=y.length?[Mt()]:Ve([we(f,y,h)],k(h))),c}}}var ei=5,$r=({tokens:e,starts:t},n)=>n!==null&&Pe(e,t,n).endsWith(`
`);function Sr(e,t,n){let r=qt(e,t,n);r.el.classList.add("jw-pairs");let o=[],s=null,i=[{spans:[],fixed:[]},{spans:[],fixed:[]}],l=[];function a({tokens:m,starts:u},d){let g=[];return{spans:d.map(f=>{if(f===null)return g.push(""),null;let y=Pe(m,u,f),h=p("span");return g.push(`jw-token${Pn(y)}`),En(h,y.replace(/\n+$/,`
`)),h}),fixed:g}}function c({spans:m,fixed:u},d,g,w){for(let[f,y]of m.entries()){let h=g[f];if(!y||h===null||h===void 0)continue;let x=d.starts[h]>=w.end,j=h===w.explained?" is-explained":x?" is-dim":"",M=`${u[f]}${An(x?0:w.levels[h])}${j}`;y.className!==M&&(y.className=M)}}return{el:r.el,light:r.light,build(m,u,d){o=d,s=[m,u];let g=a(m,d.map(j=>j.before)),w=a(u,d.map(j=>j.now));i=[g,w],l=d.map(()=>p("i",{class:"jw-delta","aria-hidden":"true"}));let f=()=>p("span",{class:"jw-gap","aria-hidden":"true"}),y=d.map((j,M)=>p("span",{class:j.same?"jw-pair":"jw-pair is-changed"},g.spans[M]??f(),w.spans[M]??f(),l[M])),h=zt(u.tokens.text+m.tokens.text)==="rtl";K(r.el,"dir",h?"rtl":"ltr"),r.items(y,h);let x=[];for(let[j,M]of y.entries()){x.push(M);let P=d[j];($r(u,P.now)||P.now===null&&$r(m,P.before))&&x.push(p("br"))}r.el.replaceChildren(...x)},paint(m,u,d){if(s){c(i[0],s[0],o.map(g=>g.before),m),c(i[1],s[1],o.map(g=>g.now),u);for(let[g,w]of l.entries()){let f=d[g];w.classList.toggle("is-negative",f<0),w.style.setProperty("--jw-delta",`${(Math.abs(f)*ei/63).toFixed(2)}px`)}}}}}var ti=160;function Mr(e,t){return t.map((n,r)=>{let o=e.labels.slice(n,ke(t,r,e.ids.length));return`${Pe(e,t,r)}\0${o.join("")}`})}function ni(e,t,n,r){let o=e.filter(u=>u.same).length,s=e.filter(u=>u.now===null).length,i=e.filter(u=>u.before===null).length,l=e.length-o-s-i,a=[`${ue(o,t)} in both texts`,l>0?`${l.toLocaleString("en")} replaced`:"",s>0?`${s.toLocaleString("en")} only in the pinned one`:"",i>0?`${i.toLocaleString("en")} only in the one now`:""].filter(u=>u!==""),c=n===null?`Too few ${t}s stand opposite each other to say how alike they are ranked.`:`The two rank the ${ue(r,`paired ${t}`)} ${et(n)}: ${lt(n)}.`,m=o<Math.min(e.length-i,e.length-s)/3;return`${a.join(", ")}. ${c}${m?" The texts have little in common.":""}`}function Tr(e){let{dispatch:t,focus:n,keys:r,on:o,uid:s,scene:i}=e,l=null,a=null,c=null,m="",u=null,d=R=>l?.pairs[R]?.now??null,g={point(R){c!==R&&(c=R,t({type:"hover",group:R===null?null:d(R)}),B(i()))},choose(R){let _=d(R);_!==null&&n(_)},name(R){let[_,F]=T(R);return`${_.map(Te).join(" becomes ")}, ${F}`}},w=Sr(r,o,g),f=Ut(r,o,`${s}-aligned`,g),y=Tt(),h=p("p",{class:"jw-quiet"}),x=p("p",{class:"jw-readout"}),j=ct(e,`${s}-aligned-differences`),M=p("p"),P=p("div",{class:"jw-aligned"},h,y.el,w.el,f.el,x,j.el,M),b=R=>R.tokens.groups[i().granularity]??[],k=R=>a?we(a.tokens,b(a),R):"",E=R=>{let{tokens:_,starts:F}=i();return _?we(_,F,R):""},S=({before:R},{before:_})=>a&&_!==null?{picture:R,group:_,start:b(a)[_]??0,end:a.basis.end}:null,A=({now:R,end:_},{now:F})=>F===null?null:{picture:R,group:F,start:i().starts[F]??0,end:_};function T(R){let _=l?.pairs[R];if(!_||!l)return[[],""];let F=S(l,_),q=A(l,_);return F?q?[_.same?[E(q.group)]:[k(F.group),E(q.group)],Kt(F,q)]:[[k(F.group)],`only in the pinned text, ${St(F)}`]:q?[[E(q.group)],`only in the text now, ${St(q)}`]:[[],""]}function v(R,{tokens:_,basis:F},q,Y,oe){let{starts:te,question:O,explained:W}=R,N=b(q),ne=u?.now!==te||u.before!==N;(!u||ne)&&(u={before:N,now:te,pairs:fr(Mr(q.tokens,N),Mr(_,te))});let{pairs:re}=u,ie=new Float64Array(re.length),xe=new Int32Array(te.length).fill(-1),ce=[],$e=[];for(let[J,U]of re.entries())U.now!==null&&(xe[U.now]=J),!(U.now!==null&&U.before!==null&&!(oe.rank[U.now??0]&&Y.rank[U.before??0]))&&(ie[J]=(U.now===null?0:Ce(oe,U.now))-(U.before===null?0:Ce(Y,U.before)),!(U.now===null||U.before===null)&&(ce.push(Math.abs(Y.scores[U.before])),$e.push(Math.abs(oe.scores[U.now]))));let{levels:he,full:$}=Rn(ie),{end:L}=F,G={before:Y,now:oe,end:L,pairs:re,itemOf:xe,levels:he,rows:[],alike:"",scale:""};l=G,a=q,G.rows=Nn(ie).map(J=>{let U=re[J],[X]=T(J),se=U.before===null?"–":Ye(Ce(Y,U.before)),ae=U.now===null?"–":Ye(Ce(oe,U.now));return{labels:X,detail:`${se} → ${ae}`,value:Ge(ie[J]),group:U.now}}),G.alike=ni(re,Ae(R.granularity),Zt(ce,$e),ce.length);let D=C(q,R,Y,oe),I=D.by==="score"&&O?Y.max>oe.max?Y:oe:null,H=I&&O?`${R.wish.vmax===null?Be(I,I.order[0]??0):le(D.full,D.full)} ${Le(O)}`:`${me(D.full)} of the influence`,z=re.length<=Vt;if(G.scale=z?`Upper line pinned, lower line now, in one ink: up to ${H}.`:"Too long to set one above the other: each cell is a pair, inked by its difference.",y.draw(Y.signed||oe.signed?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`${z?"bars up to":"full ink:"} ${Ge($).slice(1)} points of the influence`),V(w.el,z),V(f.el,!z),z){let J=Ue({tokens:q.tokens,starts:N},q.basis);ne&&w.build({tokens:q.tokens,starts:N},{tokens:_,starts:te},re),w.paint({levels:D.before,end:q.basis.end,explained:J},{levels:D.now,end:F.end,explained:W},he)}else f.draw(he,ti);let Z=`Pinned text and text now: ${ue(re.length,"pair")}`;for(let J of[w.el,f.el])K(J,"aria-label",Z);return G}function C(R,_,F,q){let Y=_.question;if(Y!==null&&Y.scope===R.question.scope&&He(Y)===He(R.question)){let W={scale:_.wish.scale,vmax:_.wish.vmax??Math.max(F.max,q.max),threshold:_.wish.threshold},N=ne=>{let re=new Int8Array(ne.scores.length);return it(ne,W,re),re};return{by:"score",full:W.vmax,before:N(F),now:N(q)}}let te=Math.max(1e-9,...[F,q].map(W=>W.shares[W.order[0]??0]??0)),O=W=>Int8Array.from(W.shares,(N,ne)=>{let re=Ce(W,ne);return Math.sign(re)*vt(Math.abs(re)/te)});return{by:"share",full:te,before:O(F),now:O(q)}}function B(R){if(!l)return;let{pointed:_}=R,F=_===null?c:l.itemOf[_]??null,q=F===null||F<0?null:F;l.pairs.length<=Vt?w.light(q):f.light(q),j.draw("Largest differences, in points of the influence",l.rows,_),x.replaceChildren(...q===null?[Mt()]:Ve(...T(q)))}let ee="";return{el:P,fits:(R,_)=>R.granularity!=="regex"||_.tokens.pattern===(R.tokens?.pattern??""),update(R,_,F,q){let{wish:Y,explained:oe,tokens:te,basis:O}=R;if(!te||!O)return"";let W=`${Y.scale} ${Y.vmax} ${Y.threshold} ${oe}`;if(l?.before!==F||l.now!==q||ee!==W){ee=W,c=null;let N=v(R,{tokens:te,basis:O},_,F,q);Q(M,N.alike),Q(h,N.scale);let ne=N.rows[0];m=ne?`Pinned text and text now: largest difference at ${ne.labels.map(Te).join(" becoming ")}, ${ne.value} points. ${N.alike}`:`Pinned text and text now: no difference. ${N.alike}`}return B(R),m}}}function Qt(e){return ArrayBuffer.isView(e)?new DataView(e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength)):e instanceof ArrayBuffer?e.slice(0):Array.isArray(e)?e.map(Qt):De(e)?Object.fromEntries(Object.entries(e).map(([t,n])=>[t,Qt(n)])):e}function Ar(e,t,n){let{scope:r,target:o,foil:s,rank:i}=n,l={scope:r,target:o,foil:s,rank:i,...He(n)?{signed:!0}:{}};return{tokens:Qt(e),basis:Qt(t),question:l}}function ri(e){if(!De(e))return null;let t=ot.find(o=>o===e.scope),n=o=>Number.isInteger(e[o])?e[o]:null;if(!t)return null;let r={target:n("target"),foil:n("foil"),rank:n("rank")};return{scope:t,...r,signed:e.signed===!0}}function Er(e){if(!De(e)||Object.keys(e).length===0)return{ok:!0,value:null};let t=ar(e.tokens),n=Bt(e.basis),r=ri(e.question);return t.ok?n.ok?!t.value||!n.value||!r?{ok:!1,error:"a part of it is missing"}:n.value.length!==t.value.ids.length?{ok:!1,error:`${n.value.length} scores, ${t.value.ids.length} tokens`}:{ok:!0,value:{tokens:t.value,basis:n.value,question:r}}:n:t}function ut(e){let t=e.picture&&e.held?e.held.basis:e.basis;return t?{...e,basis:t,explained:Ue(e,t)}:e}var oi={ok:!0,value:null},si=(e,t)=>e.length===t.length&&e.every((n,r)=>n===t[r]);function ii(e,t){let n=({basis:r,question:o})=>[r.text,r.position,r.model,o.scope,He(o),pe[o.scope].target?Qe(r,o.target):null,o.scope==="contrast"?st(r,o.target,o.foil):null,o.scope==="fisher"?o.rank:null].join("\0");return n(e)===n(t)}function Pr(e){let{on:t,uid:n,label:r}=e,o=p("div",{class:"jw-heading jw-part",id:`${n}-pinned`},"Pinned"),s=p("button.jw-chip","Pin this picture"),i=p("button.jw-chip","Unpin"),l=p("p",{class:"jw-quiet"}),a=p("dd"),c=p("dd"),m=p("dl",{class:"jw-questions"},p("dt",{},"Pinned"),a,p("dt",{},"Now"),c),u=vr(e),d=Tr(e),g=p("section",{"aria-labelledby":o.id},p("div",{class:"jw-row"},o,s,i),l,m,u.el,d.el),w,f=oi,y=null;function h(){let b=e.get("pinned");return b!==w&&(w=b,f=Er(b)),f}t(s,"click",()=>{let{question:b,fresh:k}=e.scene();if(!b||!k)return;let E=Ar(e.get("tokens"),e.get("basis"),b);e.wish({pinned:E})}),t(i,"click",()=>{e.wish({pinned:{}}),s.focus()});function x(b,k){let E=br(k,r),S=wr(k),A=`${xr(E)} ${S}`;b.dataset.said!==A&&(b.dataset.said=A,b.replaceChildren(p("span",{},...Gt(E)),p("span",{class:"jw-quiet"},` ${S}`)))}function j(b,k){let E=b.tokens?.ids??[],S=k.tokens.ids;return(y?.of!==E||y.and!==S)&&(y={of:E,and:S,are:si(E,S)}),y.are&&b.tokens?.text===k.tokens.text}function M(b){let k=ut(b),{tokens:E,basis:S,question:A,fresh:T}=k,v=h(),C=v.ok?v.value:null;K(s,"disabled",!T||!k.drawable),Q(s,C?"Pin this picture instead":"Pin this picture"),V(i,C!==null||!v.ok),V(u.el,!1),V(d.el,!1);let B=E&&S&&A?{tokens:E,basis:S,question:A}:null;if(V(m,C!==null&&B!==null),!v.ok)return Q(l,`What was pinned cannot be read (${v.error}). Pin again.`),V(l,!0),"";let[ee,R]=P(k,C,B);return Q(l,ee),V(l,ee!==""),R}function P(b,k,E){if(!k)return["Keep this picture, then change scope, target or text: the next one is compared with it.",""];if(!E||!b.picture)return["The picture to compare with is on its way.",""];x(a,k),x(c,E);let{tokens:S}=E;if(ii(k,E))return["This is the pinned picture. Change scope, target, token or text to compare.","Pinned."];let A=j(b,k);if(!A&&!d.fits(b,k))return["The pinned text is not cut by this pattern. Pin it again, or colour by words.",""];let T=k.question,v=e.picture(k.basis,A?S:k.tokens,T);if(!v)return["What was pinned has no scores for its question. Pin again.",""];let C=A?u:d;return V(C.el,!0),C.el.classList.toggle("is-stale",!b.fresh),K(C.el,"aria-busy",b.fresh?null:"true"),["",C.update(b,k,v,b.picture)]}return{el:g,update:M}}var ai=160;function Lr(e){let{uid:t,label:n}=e,r=p("div",{class:"jw-heading jw-part",id:`${t}-towards`}),o=p("p",{class:"jw-quiet"},"Gradient × input of the difference of the two logits: what each token adds to it, to first order."),s=Tt(),i=at(e,`${t}-towards-text`,"Towards",ai),l=p("p",{class:"jw-readout"}),a=ct(e,`${t}-for-target`),c=ct(e,`${t}-for-foil`),m=p("section",{"aria-labelledby":r.id},r,o,s.el,i.el,l,p("div",{class:"jw-both"},a.el,c.el)),u=null,d="",g=new Int8Array,w=[[],[]];return{el:m,update(f){let{tokens:y,starts:h,basis:x,question:j,wish:M,pointed:P}=f,b=j?.target??f.target,k=j?.foil??f.foil,E=y&&x&&b!==null&&k!==null&&b!==k?e.picture(x,y,{scope:"contrast",target:b,foil:k,rank:null,signed:!0}):null;if(V(m,E!==null&&f.drawable),!E||!y||!x||b===null||k===null)return"";let[S,A]=[je(n(b)),je(n(k))],T={scale:M.scale,vmax:null,threshold:M.threshold},v=`${S} ${A} ${T.scale} ${T.threshold}`,C=R=>E.scores[R];if(u!==E||d!==v){u=E,d=v,g=new Int8Array(h.length),it(E,T,g);let R=_=>[...E.order].filter(F=>_*C(F)>0).slice(0,On/2).map(F=>({labels:[we(y,h,F)],detail:"",value:le(Math.abs(C(F)),E.max),group:F}));w=[R(1),R(-1)],r.replaceChildren(...Gt(["Towards ",{token:S}," or towards ",{token:A}])),s.draw({more:`towards ${S}`,less:`towards ${A}`},`full ink: ${le(E.max,E.max)} logits`)}let B=R=>{let _=h[R];return _>=x.end?Cn(_,x.end):(E.rank[R]??0)===0?"hidden":C(R)===0?"towards neither":`${le(Math.abs(C(R)),E.max)} towards ${C(R)>0?S:A}`};i.name(`Towards ${S} or ${A}: ${h.length.toLocaleString("en")} ${Ae(f.granularity)}s`);let ee=Ue(f,x);return i.draw({tokens:y,starts:h,levels:g,end:x.end,explained:ee,pointed:P,says:B}),a.draw(`Most towards ${S}`,w[0],P),c.draw(`Most towards ${A}`,w[1],P),l.replaceChildren(...P===null||P>=h.length?[Mt()]:Ve([we(y,h,P)],B(P))),m.classList.toggle("is-stale",!f.fresh),K(m,"aria-busy",f.fresh?null:"true"),""}}}var li=400;function Cr(e){let t=[kr(e),Pr(e),Lr(e)],n=p("div",{class:"jw-live",role:"status"}),r=p("div",{class:"jw-compare"},...t.map(i=>i.el),n),o="",s;return e.signal.addEventListener("abort",()=>clearTimeout(s)),{el:r,update(i){let a=t.map(c=>c.update(i)).filter(c=>c!=="").at(-1)??"";a===o||!i.fresh||(o=a,clearTimeout(s),s=setTimeout(()=>Q(n,a),li))}}}var Ir=`.jw .jw-compare {
  display: grid;
  gap: 22px;
}
.jw .jw-compare > section {
  min-width: 0;
}
.jw .jw-compare .jw-part {
  margin-bottom: 6px;
  color: var(--jw-fg);
  font-size: 13px;
}
.jw .jw-compare .is-stale {
  --jw-ink: var(--jw-edge);
  --jw-negative: var(--jw-edge);
}

/* The small texts */
.jw .jw-multiples {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 14px 22px;
}
.jw .jw-multiple {
  display: flex;
  flex-direction: column;
  min-width: 0;
}
.jw .jw-multiple select {
  align-self: flex-start;
  min-height: 26px;
  margin-inline-start: -5px;
  padding: 2px 1px;
  border: 0;
  border-radius: 5px;
  background: var(--jw-bg);
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-multiple select:hover {
  background: var(--jw-soft);
}
.jw .jw-mini {
  max-height: 17em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 14px / 1.85 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  scrollbar-color: var(--jw-edge) transparent;
  cursor: default;
}
.jw .jw-mini .jw-token {
  padding-block: 2px;
}
.jw .jw-compare .jw-readout {
  display: flex;
  gap: 7px;
  align-items: baseline;
  min-height: 1.45em;
  margin-top: 3px;
  font-variant-numeric: tabular-nums;
}
.jw .jw-names {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.jw .jw-readout.jw-quiet {
  margin-top: 0;
  font-size: 12px;
}

/* A long text */
.jw .jw-strip {
  position: relative;
  margin-block: 4px;
  border: 1px solid var(--jw-line);
  cursor: pointer;
  touch-action: pan-y;
}
.jw .jw-strip-row {
  height: 9px;
  forced-color-adjust: none;
}
.jw .jw-strip-row + .jw-strip-row {
  border-top: 1px solid var(--jw-bg);
}
.jw .jw-cell {
  position: absolute;
  min-width: 4px;
  pointer-events: none;
}
.jw .jw-cell.is-hot {
  outline: 1.5px solid var(--jw-fg);
}

/* How alike */
.jw .jw-alike {
  width: 100%;
  max-width: 44rem;
  margin-top: 12px;
  border-collapse: collapse;
}
.jw .jw-alike caption {
  padding-bottom: 3px;
  text-align: start;
}
.jw .jw-alike caption:empty {
  display: none;
}
.jw .jw-alike th,
.jw .jw-alike td {
  padding: 3px 14px 3px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: start;
  vertical-align: baseline;
}
.jw .jw-alike td:last-child {
  padding-inline-end: 0;
  color: var(--jw-mute);
}
.jw .jw-alike td:nth-child(2) {
  white-space: nowrap;
}
.jw .jw-alike + .jw-quiet {
  margin-top: 4px;
  font-size: 12px;
}

/* Pinned */
.jw .jw-compare .jw-row .jw-part {
  margin: 0 4px 0 0;
}
.jw .jw-compare .jw-chip:disabled {
  color: var(--jw-mute);
}
.jw .jw-compare .jw-row + .jw-quiet {
  margin-top: 6px;
}
.jw .jw-questions {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 12px;
  margin: 8px 0;
}
.jw .jw-questions dt {
  color: var(--jw-mute);
}
.jw .jw-sides {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 16px;
  align-items: baseline;
  margin-bottom: 4px;
}
.jw .jw-sign {
  display: inline-block;
  width: 18px;
  height: 13px;
  margin-inline-end: 6px;
  padding: 0;
  vertical-align: -2px;
  forced-color-adjust: none;
}
.jw .jw-sides .jw-sign {
  cursor: default;
}
.jw .jw-compare .jw-ranked {
  max-width: 34rem;
  margin-top: 8px;
}
.jw .jw-ranked li > * {
  display: grid;
  grid-template-columns: minmax(0, 1fr) max-content 3.6em;
  gap: 12px;
  align-items: baseline;
  width: 100%;
  min-height: 24px;
  padding: 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  text-align: start;
}
.jw .jw-ranked .jw-number:last-child {
  text-align: end;
}
.jw .jw-ranked button:hover,
.jw .jw-ranked .is-hot > * {
  background: var(--jw-soft);
  box-shadow:
    -5px 0 var(--jw-soft),
    5px 0 var(--jw-soft);
}
.jw .jw-ranked + p {
  margin-top: 8px;
}

/* Two texts */
.jw .jw-pairs {
  max-height: 26em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 15px / 1.6 var(--jw-content);
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-pair {
  display: inline-grid;
  max-width: 100%;
  margin-block: 3px;
  vertical-align: top;
  cursor: pointer;
}
.jw .jw-pair > span {
  min-height: 1.6em;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: isolate;
}
.jw .jw-pair .jw-token {
  padding-block: 0 1px;
}
.jw .jw-pair.is-changed > span {
  border-inline: 1px solid var(--jw-line);
}
.jw .jw-pair .jw-token:hover {
  outline: none;
}
.jw .jw-pair.is-hot {
  outline: 1.5px solid var(--jw-fg);
  outline-offset: -1px;
}
.jw .jw-gap {
  min-width: 1em;
  background: repeating-linear-gradient(-45deg, transparent 0 3px, var(--jw-line) 3px 4px);
}
.jw .jw-delta {
  position: relative;
  height: 11px;
  background: linear-gradient(var(--jw-line), var(--jw-line)) 0 5px / 100% 1px no-repeat;
}
.jw .jw-delta::before {
  position: absolute;
  inset-inline: 1px;
  bottom: 6px;
  height: var(--jw-delta);
  background: var(--jw-ink);
  content: "";
  forced-color-adjust: none;
}
.jw .jw-delta.is-negative::before {
  top: 6px;
  bottom: auto;
  background: var(--jw-negative);
}

/* Towards */
.jw .jw-both {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 0 28px;
}
.jw .jw-both .jw-ranked li > * {
  grid-template-columns: minmax(0, 1fr) 0 max-content;
  gap: 6px;
}

@media (max-width: 480px) {
  .jw .jw-alike tr {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    padding-block: 4px;
    border-bottom: 1px dotted var(--jw-line);
  }
  .jw .jw-alike th {
    grid-column: 1 / -1;
  }
  .jw .jw-alike th,
  .jw .jw-alike td {
    padding-block: 0;
    border: 0;
  }
}
@media (forced-colors: active) {
  .jw .jw-strip,
  .jw .jw-delta {
    --jw-ink: Highlight;
    --jw-negative: GrayText;
  }
  .jw .jw-cell.is-hot {
    outline-color: CanvasText;
  }
  .jw .jw-compare .jw-token.is-negative {
    border-top: var(--jw-bar, 0) solid GrayText;
    border-bottom: 0;
  }
  .jw .jw-pair > span {
    min-height: calc(1.6em + 5px);
  }
  .jw .jw-compare .jw-sign {
    border: 0;
    background: Highlight;
  }
  .jw .jw-compare .jw-sign.is-negative {
    background: GrayText;
  }
}
`;var Or=[{name:"liberal",title:"Tom, a liberal",question:"Which facts about Tom lead to ‘liberal’?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"conservative",title:"Tom, a conservative",question:"The same facts, the other word: what changes?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a conservative",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:"compare"},{name:"either",title:"Liberal or conservative",question:"Why the one rather than the other?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a",scope:"contrast",position:null,target:" liberal",foil:" conservative",granularity:"token",panel:""},{name:"translation",title:"Translation",question:"Which German word does ‘attribution’ come from?",text:"German: Dies ist ein Aufsatz über kausale Zuschreibung. English: This is a paper on causal attribution",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"truthful",title:"Instruction: truthful",question:"Which part of the instruction leads to ‘truthful’?",text:"As a state-of-the-art AI assistant, you never argue or deceive, because you are truthful",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"nice",title:"Instruction: nice",question:"Which part leads to ‘nice’?",text:"As a state-of-the-art AI assistant, you always praise and never insult, because you are nice",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"capital",title:"A fact",question:"Is it the country that makes the answer Paris?",text:"The capital of France is",scope:"semantic",position:null,target:" Paris",foil:" London",granularity:"token",panel:""},{name:"pronoun",title:"He or she",question:"What makes the model say ‘she’ rather than ‘he’?",text:"The nurse handed the doctor a note, because",scope:"contrast",position:null,target:" she",foil:" he",granularity:"token",panel:""},{name:"doubt",title:"Doubt",question:"Which words leave the model unsure?",text:"She opened the old wooden box that her grandmother had left her, and inside it she found a",scope:"entropy",position:null,target:null,foil:null,granularity:"token",panel:""},{name:"lorenz",title:"Lorenz system",question:"A chaotic series: how far back does the model look?",text:"558,547,542,543,549,559,574,596,626,668,722,782,833,850,818,749,671,606,559,529,510,498,490,482,474,463,448,427,398,356,302,238,178,150,176,248,333,406,459,494,516,531,543,555,569,589,615,650,695,749,802,835,829,782,713,646,594,558,535,522,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"},{name:"brownian",title:"Brownian motion",question:"A random walk: does anything but the last value count?",text:"458,450,488,494,462,484,560,616,574,500,464,466,329,317,243,201,169,150,174,235,228,308,269,290,343,348,305,250,224,236,177,165,156,187,200,221,182,175,221,308,235,323,402,448,464,445,531,646,752,829,850,779,779,817,742,765,790,831,761,723,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"}];function pi(e){let{text:t,scope:n,position:r,target:o,foil:s,granularity:i,panel:l}=e;return{text:t,scope:n,position:r,target:o,foil:s,rank:null,granularity:i,vmax:null,panel:l}}function Rr({wish:e,dispatch:t,root:n,on:r}){let o=p("p",{class:"jw-quiet",hidden:!0},"A saved page: these need a running kernel."),s=Or.map(a=>{let c=p("button.jw-example",{"data-name":a.name},p("b",{},a.title),p("span",{class:"jw-example-question"},a.question),p("span",{class:"jw-example-text jw-quiet"},a.text),p("span",{class:"jw-example-scope jw-quiet"},pe[a.scope].name));return r(c,"click",()=>l(a)),{card:c,example:a}}),i=p("div",{},o,p("ul",{class:"jw-examples","aria-label":"Examples"},...s.map(({card:a})=>p("li",{},a))));function l(a){t({type:"drop-draft"}),e(pi(a)),n.querySelector(".jw-text [tabindex='0']")?.focus({preventScroll:!0}),n.scrollIntoView({block:"nearest"})}return{el:i,update({wish:a,state:c}){let m=c==="no-kernel";V(o,m);for(let{card:u,example:d}of s)u.disabled=m,K(u,"aria-current",a.text===d.text?"true":null)},opened:()=>s[0]?.card.focus({preventScroll:!0})}}var Nr=`.jw .jw-examples {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr));
  gap: 10px;
}
.jw :not([hidden]) + .jw-examples {
  margin-top: 10px;
}
.jw .jw-examples li {
  display: flex;
  min-width: 0;
}
.jw .jw-example {
  display: flex;
  flex: 1;
  flex-direction: column;
  gap: 3px;
  align-items: flex-start;
  min-width: 0;
  padding: 9px 12px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
  text-align: start;
  white-space: normal;
}
.jw .jw-example:hover:enabled {
  border-color: var(--jw-edge);
  background: var(--jw-soft);
}
.jw .jw-example:disabled {
  color: var(--jw-mute);
  cursor: default;
}
.jw .jw-example[aria-current] {
  border-color: var(--jw-fg);
}
.jw .jw-example-text {
  display: -webkit-box;
  overflow: hidden;
  font: 13px / 1.45 var(--jw-content);
  overflow-wrap: anywhere;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
.jw .jw-example-scope {
  margin-top: auto;
  padding-top: 3px;
  font-size: 12px;
}
`;var Wr={semantic:{formula:"‖Jₜᵀ v‖, v = Z[k]",paragraph:"Choose a token, likely or not, and see which words hold its logit where it is. Nudge the embedding of token t by one unit in the worst direction, and the target’s logit changes by the score, to first order. A logit is not a probability: a token that lifts all logits alike scores here, though the prediction stays as it is. To leave that out, ask for Log-probability."},fisher:{formula:"tr(Jₜᵀ F Jₜ), F = Zᵀ(diag p − p pᵀ)Z; rank k keeps the k largest eigenvalues of F",paragraph:"No target is needed: F, the Fisher information of the prediction, measures every change of the distribution at once by its KL divergence. With Gaussian noise of size ε on the embedding of token t, the expected divergence is ε²/2 times the score. The trace runs over all directions; where it is estimated, its standard error stands beside it. Rank 1 keeps only the strongest direction, as the paper’s code does, and misses much of the trace."},temperature:{formula:"‖Jₜᵀ ŷ‖, ŷ = y / ‖y‖, β = ‖y‖",paragraph:"The length β of the final hidden state scales all logits alike, so it acts as an inverse temperature: a token that raises it makes the prediction sharper, whatever it is. It depends on how the model is written down: folding the final norm’s gain into the unembedding leaves every logit as it is and makes this scope vanish; Entropy does not change. So does a norm without a gain. When in doubt, ask for Entropy."},contrast:{formula:"‖Jₜᵀ v‖, v = Z[a] − Z[b]",paragraph:"Why one token rather than another: whatever moves both logits alike cancels, and only what tells the two apart is left. It suits minimal pairs, such as a city and the city it could be mistaken for. The two need not be likely, but each has to be a single token."},log_probability:{formula:"‖Jₜᵀ v‖, v = Z[k] − Σⱼ pⱼ Z[j]",paragraph:"Like Semantic, but the target is weighed against all other tokens: only what changes its share of the prediction counts. For a token that is almost certain the scores become small, since its probability can hardly rise; ask for Contrast then."},entropy:{formula:"‖Jₜᵀ v‖, v = ∇H = −Zᵀ(p ⊙ (log p + H))",paragraph:"Which words make the model surer or less sure, whichever token it then prefers. H is the entropy of the next-token distribution; it does not depend on how the model is written down, which is why it replaces Temperature where that says nothing."}};var Dr=10,Jt=3,Xt=e=>`‘⁨${e.replace(/␣/g," ")}⁩’`;function fi({scope:e,target:t,foil:n},r){let o=s=>s===null?"the target":Xt(je(r(s)));switch(e){case"semantic":return`the logit of ${o(t)}`;case"log_probability":return`the log-probability of ${o(t)}`;case"contrast":return`the choice of ${o(t)} rather than ${o(n)}`;case"fisher":return"the whole prediction";case"temperature":return"the model’s confidence";case"entropy":return"the model’s uncertainty"}}function Hr(e,t,n){let{picture:r,question:o,tokens:s,starts:i,explained:l,basis:a}=e;if(!r||!o||!s||!a)return[];let c=P=>t.querySelector(P),m=fi(o,n),u=r.order[0],d=u===void 0?null:mr(e,u),g=Ae(e.granularity),w=l===null?"the token that would come next":Xt(we(s,i,l)),f=a.predictions[0],y=r.bosShare>0?` BOS, which stands before the text, holds ${me(r.bosShare)}.`:"",h=l===null?"":" Tokens after the ring cannot have moved it, so they are dimmed.",x=e.state==="no-kernel"?"":" Click any other token, or use the arrow keys and Enter, to explain that one instead.",j=e.wish.scale==="rank"?`From the least ink at ${le(cr(0,r,e.wish),r.max)}`:"From no ink at 0";return[{title:"The question",words:`You are asking what moved ${m}. The scopes above change the question, and its framed words are buttons.`,part:c(".jw-ask")},{title:"The explained token",words:`The ring marks what is explained: ${w}.${x}`,part:c(".jw-text .jw-ring, .jw-text .is-explained")},{title:"The answer, in the text",words:d&&r.max>0?`${Xt(d.label)} moves ${m} most: ${d.score} ${Le(o)}, ${d.share}. The deeper the colour and the taller the underline, the more a ${g} moved it.${h}`:`Here no ${g} has any influence.`,part:u===void 0?null:c(`.jw-text [data-start="${i[u]}"]`)},{title:"The colour bar",words:`${j} to full ink at the strongest ${g}. Its unit is that of the scope: ${Le(o)}.${y}`,part:c(".jw-scale")},{title:"What the model expects",words:f?`At this place ${Xt(je(f.label))} is likeliest, with ${Je(f.p)}. Click a row to ask about that token, or “vs” to ask why not that one.`:"Here stand the tokens that the model expects at this place.",part:c(".jw-predictions")},{title:`The strongest ${g}s`,words:`The same scores as a list, the strongest of ${r.scored.toLocaleString("en")} first. Point at one to find it in the text.`,part:c(".jw-strongest")},{title:"Tokens, words, lines",words:"Here you choose what is coloured as one. The influence of a word, a number or a line is the joint one of its tokens, computed exactly and not as a mean.",part:c("[aria-controls$='-tokens']")},{title:"Everything else",words:"Behind these words: pictures side by side, the map of the whole text, a series of numbers as a plot, examples, and ways to save what you see.",part:[c(".jw-views"),c("[aria-controls$='-view']")].find(Br)??null}].filter(({part:P})=>Br(P))}function hi(e){let[t,...n]=e.getClientRects();if(!t||n.length===0&&e.closest(".jw-text")===null)return e.getBoundingClientRect();let{left:r,right:o}=t;for(let s=e.nextElementSibling;s?.ariaHidden==="true";s=s.nextElementSibling){let[i]=s.getClientRects();if(!i||Math.abs(i.top-t.top)>t.height/2)break;r=Math.min(r,i.left),o=Math.max(o,i.right)}return new DOMRect(r,t.top,o-r,t.height)}function Br(e){return e!==null&&e.getClientRects().length>0}function _r(e,t){let{root:n,keys:r,label:o,on:s,signal:i,uid:l,scene:a}=e,c=p("span",{class:"jw-tour-count jw-quiet"}),m=p("b",{id:`${l}-tour-title`}),u=p("p",{id:`${l}-tour-words`}),d=p("button.jw-tool","Back"),g=p("button.jw-primary","Next"),w=p("button.jw-tool","End"),f=p("div",{class:"jw-tour",role:"dialog","aria-labelledby":`${l}-tour-title`,"aria-describedby":`${l}-tour-words`,hidden:!0},m,u,p("div",{class:"jw-row"},c,w,d,g)),y=p("div",{class:"jw-tour-ring","aria-hidden":"true",hidden:!0}),h=[],x=null,j=null;function M(){let S=x===null?null:h[x]?.part;if(!S?.isConnected)return;let A=n.getBoundingClientRect(),T=n.querySelector(".jw-text")?.getBoundingClientRect(),v=hi(S),B=!(T!==void 0&&S.closest(".jw-text")!==null)||v.bottom>T.top&&v.top<T.bottom;V(y,B),y.style.left=`${v.left-A.left-Jt}px`,y.style.top=`${v.top-A.top-Jt}px`,y.style.width=`${v.width+2*Jt}px`,y.style.height=`${v.height+2*Jt}px`;let ee=Math.max(6,A.width-f.offsetWidth-6);f.style.left=`${Math.min(ee,Math.max(6,v.left-A.left))}px`;let R=v.bottom-A.top+Dr,_=v.top-A.top-f.offsetHeight-Dr,F=R+f.offsetHeight<=A.height;f.style.top=`${F||_<0?R:_}px`}function P(){if(x===null)return;let S=h[x];S&&(Q(m,S.title),Q(u,S.words),Q(c,`${x+1} of ${h.length}`),d.disabled=x===0,Q(g,x===h.length-1?"Done":"Next"),M())}function b(S){if(S>=h.length){E();return}x=Math.max(0,S),P();let A=matchMedia("(prefers-reduced-motion: reduce)").matches;for(let T of[h[x]?.part,f])T?.scrollIntoView({block:"nearest",behavior:A?"auto":"smooth"});d.disabled&&Qn(f)===d&&g.focus({preventScroll:!0})}function k(){if(h=Hr(a(),n,o),h.length===0)return;n.append(y,f),V(y,!0),V(f,!0),j?.abort(),j=new AbortController;let S=AbortSignal.any([i,j.signal]);n.addEventListener("scroll",M,{signal:S,capture:!0,passive:!0});let A=new ResizeObserver(M);A.observe(n),S.addEventListener("abort",()=>A.disconnect()),b(0),g.focus({preventScroll:!0})}function E(){x=null,j?.abort(),y.remove(),f.remove(),t()}return s(g,"click",()=>b((x??0)+1)),s(d,"click",()=>b((x??0)-1)),s(w,"click",E),r.on(f,S=>{if(!Re(S))return!1;if(S.key==="Escape")E();else if(S.key==="ArrowRight")b((x??0)+1);else if(S.key==="ArrowLeft")b((x??0)-1);else return!1;return!0}),i.addEventListener("abort",()=>{y.remove(),f.remove()}),{start:k,update(S){if(x===null)return;let A=Hr(S,n,o);if(A.length===0)return;let T=h[x]?.title;h=A;let v=A.findIndex(C=>C.title===T);x=v>=0?v:Math.min(x,A.length-1),P()}}}var gi=[["In the text",[["← → ↑ ↓","walk"],["Home End","first token, the “next” slot"],["Enter or Space","explain the token"]]],["In the editor",[["Ctrl+Enter","explain the edited text"]]],["In a series or a map",[["← → ↑ ↓","walk its values or cells"],["Enter","explain the one you are on"],["+ − 0","zoom in, zoom out, show all"]]],["Anywhere here",[["Esc","undo the zoom, close, or restore the text"],["?","this help"]]]],bi="Jₜ is the Jacobian of the final hidden state y with respect to the embedding of token t. Z = dz/dy takes y to the logits z, p is the prediction. The position explained is fixed.",wi=["A score is a gradient norm: the most the asked quantity can change, to first order, when the token’s embedding moves by one unit. It has no sign; gradient × input, under Scale, has one. Fisher adds up over all directions and is given in nats; where it is estimated, ± is one standard error.","A share is the token’s part of the total: of the squares, or of the trace for Fisher, with BOS included. So shares add up when tokens are grouped into words, numbers or lines, and what is hidden is named with its share."],xi=["A gradient says what a small change would do, not what would happen if the word were gone. A token can matter and have a small gradient, once the model is sure.","No scope wins everywhere: on some models and texts one ranks tokens better by what happens when they are deleted, on others another, and the differences are often within the error. So try more than one on your own text, and check the strongest tokens by leaving them out.","Temperature depends on how the model is written down, and says nothing for a final norm without a gain. When in doubt, ask for Entropy."];function yi(e){let{name:t,explains:n,unit:r}=pe[e],{paragraph:o,formula:s}=Wr[e],i=p("details",{class:"jw-help-scope"},p("summary",{},p("b",{},t),p("span",{class:"jw-quiet"},n)),p("p",{},o),p("p",{class:"jw-help-formula"},s),p("p",{class:"jw-quiet"},`In ${r}.`));return{scope:e,el:i}}function Fr(e){let t=ot.map(yi),n=p("div",{},...t.map(({el:m})=>m)),r=p("button.jw-primary","What am I looking at?"),o=p("span",{class:"jw-quiet"},"A walk through the parts, on your own text."),s=(m,...u)=>p("section",{},p("h3",{},m),...u),i=gi.flatMap(([m,u])=>[p("dt",{class:"jw-quiet jw-help-where"},m),...u.flatMap(([d,g])=>[p("dt",{},p("kbd",{},d)),p("dd",{},g)])]),l=p("div",{class:"jw-help"},p("div",{class:"jw-row"},r,o),s("What each scope explains",n,p("p",{class:"jw-quiet"},bi)),s("How to read the numbers",...wi.map(m=>p("p",{},m))),s("What the numbers do not say",...xi.map(m=>p("p",{},m))),s("Keys",p("dl",{class:"jw-keys"},...i))),a=_r(e,()=>r.focus());e.on(r,"click",()=>a.start());let c=null;return{el:l,update(m){let{scope:u}=m.wish;if(u!==c){c=u;for(let g of t)g.el.open=g.scope===u;n.replaceChildren(...[...t].sort((g,w)=>+(w.scope===u)-+(g.scope===u)).map(g=>g.el))}let d=m.picture!==null;r.disabled=!d,Q(o,d?"A walk through the parts, on your own text.":"Once there is a picture."),a.update(m)},opened:()=>(r.disabled?n.querySelector("summary"):r)?.focus({preventScroll:!0})}}var zr=`.jw .jw-help section {
  margin-top: 14px;
}
.jw .jw-help h3 {
  margin: 0 0 4px;
  font-size: 13px;
}
.jw .jw-help p {
  max-width: 84ch;
  margin: 4px 0 8px;
}
.jw .jw-help-scope {
  border-bottom: 1px solid var(--jw-line);
}
.jw .jw-help-scope > p {
  margin-inline-start: 18px;
}
.jw .jw-help-scope summary {
  min-height: 28px;
  padding-block: 4px;
  cursor: pointer;
}
.jw .jw-help-scope summary b {
  margin-inline: 4px 10px;
}
.jw .jw-help-formula {
  font: 15px / 1.5 var(--jw-content);
}
.jw .jw-help .jw-keys {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 14px;
}
.jw .jw-help-where {
  grid-column: 1 / -1;
  margin-top: 4px;
}
.jw .jw-help kbd {
  font: 12px var(--jw-mono);
}

/* The tour */
.jw .jw-tour-ring {
  position: absolute;
  z-index: 5;
  border: 2px solid var(--jw-fg);
  border-radius: 6px;
  box-shadow: 0 0 0 3px var(--jw-bg);
  pointer-events: none;
  transition:
    inset 0.15s,
    width 0.15s,
    height 0.15s;
}
.jw .jw-tour {
  position: absolute;
  z-index: 6;
  width: min(25em, calc(100% - 12px));
  padding: 11px 14px 9px;
  border: 1px solid var(--jw-edge);
  border-radius: 8px;
  background: var(--jw-bg);
  box-shadow: 0 6px 22px rgb(0 0 0 / 0.25);
}
.jw .jw-tour p {
  margin: 4px 0 9px;
}
.jw .jw-tour .jw-row {
  justify-content: flex-end;
}
.jw .jw-tour .jw-tour-count {
  margin-inline-end: auto;
  font-size: 12px;
}
@media (prefers-reduced-motion: reduce) {
  .jw .jw-tour-ring {
    transition: none;
  }
}
@media (forced-colors: active) {
  .jw .jw-tour-ring {
    border-color: Highlight;
  }
}
`;function qr(e){return .7+(2.8-.7)*Math.max(0,Math.min(1,e))}function Ur(e,t){let n=l=>Math.round(l*10)/10,r=(e.top+e.bottom)/2;if(r>t.top&&r<t.bottom){let l=Math.min(25,6+Math.abs(e.x-t.x)*.04),a=Math.min(e.top,t.top)-l/.75;return`M${n(e.x)} ${n(e.top)}C${n(e.x)} ${n(a)} ${n(t.x)} ${n(a)} ${n(t.x)} ${n(t.top)}`}let[o,s]=e.top>t.top?[e.top,t.bottom]:[e.bottom,t.top],i=(o+s)/2;return`M${n(e.x)} ${n(o)}C${n(e.x)} ${n(i)} ${n(t.x)} ${n(i)} ${n(t.x)} ${n(s)}`}var ki=["waiting","computing","stopped","done","too long"];function pt(e){return e*(e-1)/2}function tt(e,t,n){return n<t?e.scores[pt(t)+n]:0}function Gr(e,t){let n=e.rowTotal[t];return n>0?e.bos[t]**2/n:0}function Kr(e,t,n){let r=tt(e,t,n),o=pt(t),s=1;for(let i=0;i<t;i++)e.scores[o+i]>r&&s++;return s}function Yt(e,t,n,r){let o=pt(t),s=[];for(let i=0;i<t;i++){let l=e.scores[o+i];if(!(l>0)||r?.(i))continue;let a=s.length;for(;a>0&&l>e.scores[o+s[a-1]];)a--;a>=n||(s.splice(a,0,i),s.length>n&&s.pop())}return s}function Zr(e){let t=e.ids.map((n,r)=>r);if(e.generated!==null){let n=e.generated;return t.filter(r=>r>=n)}return t.filter(n=>e.roles?.[n]==="assistant")}function Vr(e,t){let n=ArrayBuffer.isView(e)?e:e instanceof ArrayBuffer?new Uint8Array(e):null;if(!n||n.byteLength%2!==0)return null;let r=n.buffer.slice(n.byteOffset,n.byteOffset+n.byteLength),o=new Uint16Array(r),s=new Uint32Array(o.length);for(let a=0;a<o.length;a++){let c=o[a];if(c>=31744)return null;s[a]=c<<13}let i=new Float32Array(s.buffer),l=t*2**112;for(let a=0;a<i.length;a++)i[a]=i[a]*l;return i}function At(e){return{ok:!1,error:`map: ${e}`}}function Qr(e){if(typeof e!="object"||e===null)return{ok:!0,value:null};let t=e;if(typeof t.error=="string")return{ok:!1,error:t.error};if(Object.keys(t).length===0)return{ok:!0,value:null};let{text:n,scale:r}=t,[o,s]=[Number(t.n),Number(t.rows)],i=ki.find(w=>w===t.state),l=ot.find(w=>w===t.scope);if(typeof n!="string"||!i||!l)return At("it has no text, state or scope");if(!Number.isInteger(o)||!Number.isInteger(s)||s<0||s>o)return At(`it has ${s} rows of ${o}`);if(typeof r!="number"||!(r>0)||!Number.isFinite(r))return At("it has no scale");let a=Vr(t.scores,r),c=Vr(t.bos,r);if(!a||!c)return At("its scores are not float16 data");if(a.length!==s*(s-1)/2||c.length!==s)return At(`${a.length} scores and ${c.length} of BOS do not make ${s} rows`);let m=new Float32Array(s),u=new Float64Array(s),d=0;for(let w=0,f=0;w<s;w++){let y=0,h=c[w]**2;for(let x=0;x<w;x++,f++){let j=a[f];h+=j*j,j>y&&(y=j)}m[w]=y,u[w]=h,y>d&&(d=y)}return{ok:!0,value:{text:n,scope:l,unit:typeof t.unit=="string"?t.unit:"",state:i,seconds:typeof t.seconds=="number"?t.seconds:0,n:o,rows:s,scores:a,bos:c,rowMax:m,rowTotal:u,max:d}}}var Wn=34,vi=64;function $i(e,t){return e==="log"?vn(t):e==="share"?t*t:t}var tn=13,en=12;function Dn(e){return new Uint32Array(e.buffer,e.byteOffset,e.length)}function Si(e){let t=Dn(e).map((o,s)=>o>>>tn<<en|s);t.sort();let n=new Float32Array(e.length),r=e.length;for(let o=e.length-1;o>=0;o--){let s=t[o];o+1<e.length&&s>>>en!==t[o+1]>>>en&&(r=o+1),n[s&2**en-1]=r/e.length}return n}function dt(e,t){if(t.scale!=="rank"||t.perRow)return null;let n=new Uint32Array(2**(31-tn)),r=Dn(e.scores);for(let o=0;o<r.length;o++){let s=r[o]>>>tn;n[s]=n[s]+1}for(let o=1;o<n.length;o++)n[o]=n[o]+n[o-1];return n}function Et(e,t,n,r){let o=e.scores.subarray(pt(t),pt(t)+t),s=n.perRow?e.rowMax[t]:n.vmax??e.max,i=Dn(o),l=n.scale==="rank"&&!r?Si(o):null,a=new Float32Array(t);for(let c=0;c<t;c++){let m=o[c];if(!(m>0))continue;let u;r?u=r[i[c]>>>tn]/e.scores.length:u=l?l[c]:$i(n.scale,Math.min(1,m/s)),u>=n.threshold&&(a[c]=u)}return a}function Jr(e,t){let{n}=e,r=new Uint8Array(n*n),o=dt(e,t);for(let s=1;s<e.rows;s++){let i=Et(e,s,t,o);for(let l=0;l<s;l++){let a=i[l];a>0&&(r[s*n+l]=Math.max(3,Math.round(255*a)))}}return r}function Xr(e,t){let n=Math.ceil(t/2),r=new Uint8Array(n*n);for(let o=0;o<t;o++){let s=(o>>1)*n;for(let i=0,l=o*t;i<t;i++,l++){let a=e[l],c=s+(i>>1);a>r[c]&&(r[c]=a)}}return r}function Yr(e,t,n){let r=0;for(;e*t*2**r<1&&n>>r>1;)r++;return r}function ft(e,t){return{x:0,y:0,cell:Math.min(Wn,t/Math.max(1,e))}}function mt(e,t,n){let r=ft(t,n).cell,o=Math.max(r,Math.min(e.cell,Math.max(vi,r))),s=Math.max(0,t-n/o);return{x:Math.max(0,Math.min(s,e.x)),y:Math.max(0,Math.min(s,e.y)),cell:o}}function eo(e,t,n,r,o,s){let{cell:i}=mt({...e,cell:e.cell*t},o,s);return mt({x:e.x+n/e.cell-n/i,y:e.y+r/e.cell-r/i,cell:i},o,s)}function to(e,t,n,r,o){return mt({...e,x:e.x-t/e.cell,y:e.y-n/e.cell},r,o)}function no(e,{q:t,t:n},r,o){let s=o/e.cell,i=(l,a)=>Math.min(a,Math.max(l,a+1-s));return mt({...e,x:i(e.x,n),y:i(e.y,t)},r,o)}function ro(e,t,n,r){let o=Math.floor(e.x+t/e.cell),s=Math.floor(e.y+n/e.cell);return o>=0&&o<s&&s<r?{q:s,t:o}:null}function oo({q:e,t},n,r){let s={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1],PageUp:[-10,0],PageDown:[10,0],Home:[0,-t],End:[0,e]}[n];if(!s)return null;let i=Math.max(1,Math.min(r-1,e+s[0]));return{q:i,t:Math.max(0,Math.min(i-1,t+s[1]))}}var so=4096,Hn=e=>`about ${pr(e)}`;function io({tokens:e,map:t,error:n,kernel:r,asked:o}){let s=(m,u=null)=>({words:m,button:u,done:0,total:0}),i=e?.ids.length??0;if(i===0)return s("There is no text to map yet.");if(i>so||t?.state==="too long"){let m=so.toLocaleString("en");return s(`A map is drawn of up to ${m} tokens; this text has ${i.toLocaleString("en")}.`)}if(n!==null)return s(n);let l=ue(i,"token");if(t===null)return s(r?o?"Waiting for the model …":"Asking how long the map takes …":"No map was saved with this text. To compute one takes a running kernel.");let a=`${t.rows.toLocaleString("en")} of ${l}`,c=(m,u=null)=>({words:m,button:u,done:t.rows,total:t.n});return t.state==="done"?s(""):r?t.state==="waiting"?o?s("Waiting for the model …","stop"):s(`${l}, ${Hn(t.seconds)}`,"compute"):t.state==="computing"?c(`${a}, ${Hn(t.seconds)} left`,o?"stop":null):o?c("Waiting for the model …","stop"):c(`Stopped at ${a}, ${Hn(t.seconds)} for the rest`,"continue"):t.rows>0?s(`A saved map of ${a}. To compute the rest takes a running kernel.`):s("No map was saved with this text. To compute one takes a running kernel.")}function ao(e,t,n){let{name:r}=pe[e.scope],o=n?"each row is a token, each column a token before it that moved it":"the tokens that moved each token of the answer most",s=t==="fisher"||t==="contrast"?` ${pe[t].name} has no map.`:"";return`${r}: ${o}.${s}`}function Bn(e,t,n){return{score:`${le(tt(e,t,n),e.rowMax[t])}${e.unit?` ${e.unit}`:""}`,place:`${Se(Kr(e,t,n))} of ${t.toLocaleString("en")}`}}function lo(e,t,n,r){let{score:o,place:s}=Bn(e,n,r);return`${nn(t,n)}, from ${nn(t,r)}: ${o}, ${s}`}function nn(e,t){return Te(Me(e,t))}function Me(e,t){let n=je(e.labels[t]??"");return n.length>40?`${[...n].slice(0,38).join("")}…`:n}function rn(e,t){let n=Gr(e,t);return n>=.005?`BOS holds ${me(n)} of what moved it.`:""}var Ti=5,Ai=2,Ei=400,on="http://www.w3.org/2000/svg";function co({map:e,ink:t,hidden:n},r,o){if(r>=e.rows)return[];let s=Et(e,r,t,o);return Yt(e,r,Ti,n).map(i=>({t:i,weight:s[i]}))}function _n(e,t,n,r,o){let s=p("span",{class:"jw-label jw-map-chip"},Me(t,r));s.style.setProperty("--jw-map-weight",`${Math.round(100*.58*o)}%`);let i=le(tt(e,n,r),e.rowMax[n]);return p("li",{"data-t":r},s,p("span",{class:"jw-number jw-quiet"},i))}function Pt(e){let t=e.target.closest("[data-t]")?.dataset.t;return t===void 0?null:Number(t)}function uo({dispatch:e,scene:t}){return n=>{let{starts:r}=t();e({type:"hover",group:n===null?null:Ne(r,n)})}}function po(e){let{wishes:t,on:n}=e,r=uo(e),o=p("ol",{class:"jw-map-columns","aria-label":"The answer, with what moved each token"});n(o,"pointerover",i=>r(Pt(i))),n(o,"pointerleave",()=>r(null)),n(o,"focusin",i=>{i.target.matches(":focus-visible")&&r(Pt(i))}),n(o,"focusout",()=>r(null)),n(o,"click",i=>{let l=i.target.closest("button")?Pt(i):null;l!==null&&t.explain(l)});function s(i,l,a){let{map:c,tokens:m}=i,u=p("button.jw-label",{"data-t":l},Me(m,l));u.setAttribute("aria-label",`Explain ${nn(m,l)} in the text`);let d=p("li",{class:"jw-map-answer"},u);if(l>=c.rows)return d.append(p("span",{class:"jw-quiet"},"to come")),d;let g=p("ol",{"aria-label":"Strongest sources"});for(let{t:w,weight:f}of co(i,l,a))g.append(_n(c,m,l,w,f));return d.append(g),d.title=rn(c,l),d}return{el:o,show(i){let l=dt(i.map,i.ink);o.replaceChildren(...i.answer.map(a=>s(i,a,l)))}}}function mo(e){let{wishes:t,on:n,signal:r}=e,o=uo(e),s=document.createElementNS(on,"g"),i=document.createElementNS(on,"g"),l=document.createElementNS(on,"svg");l.setAttribute("class","jw-map-arcs"),l.setAttribute("aria-hidden","true"),l.append(s,i);let a=p("div",{class:"jw-map-words"}),c=p("p",{class:"jw-map-said jw-quiet"}),m=p("div",{class:"jw-map-page"},l,a),u=p("div",{class:"jw-map-scroll",tabindex:0,role:"region"},m);u.setAttribute("aria-label","The text, with arcs from each token of the answer to what moved it");let d=p("div",{},u,c),g=null,w=[],f=[],y=null;function h(b){let k=w[b],E=k.getClientRects()[0]??k.getBoundingClientRect(),S=m.getBoundingClientRect();return{x:E.left-S.left+E.width/2,top:E.top-S.top,bottom:E.bottom-S.top}}function x(b,k){let E=A=>{let T=k.get(A);return T||(T=h(A),k.set(A,T)),T},S=document.createElementNS(on,"path");return S.setAttribute("d",Ur(E(b.q),E(b.t))),S.setAttribute("stroke-width",qr(b.weight).toFixed(2)),S.setAttribute("stroke-opacity",(.15+.6*b.weight).toFixed(2)),S}function j(){if(!d.isConnected||d.hidden)return;let b=f.filter(E=>E.nth<Ai).sort((E,S)=>S.weight-E.weight).slice(0,Ei),k=new Map;s.replaceChildren(...b.map(E=>x(E,k))),M(y)}function M(b){y=b;let k=b!==null&&f.some(v=>v.q===b)?"q":"t",E=b===null?[]:f.filter(v=>v[k]===b),S=E.length>0;s.setAttribute("visibility",S?"hidden":"visible");let A=new Map;i.replaceChildren(...E.map(v=>x(v,A)));let T=new Set(E.flatMap(v=>[v.q,v.t]));for(let[v,C]of w.entries())C.classList.toggle("is-lit",T.has(v)),C.classList.toggle("is-pointed",S&&v===b);Q(c,b===null||!g?Pi:Li(g,b,E))}n(a,"pointerover",b=>{let k=Pt(b);M(k),o(k)}),n(a,"pointerleave",()=>{M(null),o(null)}),n(a,"click",b=>{let k=Pt(b);k!==null&&g?.answer.includes(k)&&t.explain(k)});let P=new ResizeObserver(j);return P.observe(m),r.addEventListener("abort",()=>P.disconnect()),{el:d,show(b){let k=g?.tokens===b.tokens;g=b;let E=dt(b.map,b.ink);if(f=b.answer.flatMap(S=>co(b,S,E).map((A,T)=>({...A,q:S,nth:T}))),!k){let S=new Set(b.answer);w=b.tokens.pieces.map((A,T)=>{let v=p("span",{"data-t":T,class:S.has(T)?"is-answer":null},A);return b.tokens.roles?.[T]==="template"&&v.classList.add("is-template"),Nt(A)&&v.classList.add("is-isolated"),v}),a.replaceChildren(...w),y=null}for(let[S,A]of w.entries())V(A,!b.hidden(S));f=f.filter(({q:S})=>!b.hidden(S)),j()}}}var Pi="Point at a token to keep only its arcs.";function Li({map:e,tokens:t,answer:n},r,o){let s=Me(t,r);if(n.includes(r)&&r<e.rows){let l=o.filter(a=>a.t!==r).map(a=>Me(t,a.t));return l.length>0?`${s} was moved most by ${l.join(", ")}`:`Nothing moved ${s}`}let i=o.length;return i>0?`${s} is among the strongest of ${ue(i,"token")} of the answer`:`${s} is among the strongest of no token of the answer`}var sn=4,Ci=.0022,Ii=16;function an(e){return!e.ctrlKey&&!e.metaKey?null:(e.preventDefault(),Math.exp(-e.deltaY*Ci*(e.deltaMode===0?1:Ii)))}function ln({on:e},t,n,r){let o=(c,m,u)=>{let d=p("button.jw-tool",{"aria-label":m,title:m},c);return e(d,"click",u),d},s=o("−","Zoom out",()=>r.zoom(1/t)),i=o("+","Zoom in",()=>r.zoom(t)),l=o(...n,()=>r.whole()),a=c=>{s.disabled=!c,l.disabled=!c};return a(!1),{el:p("div.jw-zoom",s,i,l),update:a}}function fo(e,t,n){let r=new Map,o=!1,s={x:0,y:0},i=c=>{let m=e.getBoundingClientRect();return{x:c.clientX-m.left,y:c.clientY-m.top}},l=()=>{let[c,m]=[...r.values()];return!c||!m?null:{x:(c.x+m.x)/2,y:(c.y+m.y)/2,apart:Math.hypot(c.x-m.x,c.y-m.y)}};t(e,"pointerdown",c=>{c.button===0&&(s=i(c),r.set(c.pointerId,s),o=r.size>1)}),t(e,"pointermove",c=>{let m=i(c),u=r.get(c.pointerId);if(!u){r.size===0&&n.point(m.x,m.y);return}let d=l();if(!o&&Math.hypot(m.x-s.x,m.y-s.y)<sn)return;o||(o=!0,e.setPointerCapture(c.pointerId)),r.set(c.pointerId,m);let g=l();d&&g?(n.pan(g.x-d.x,g.y-d.y),d.apart>0&&n.zoom(g.apart/d.apart,g.x,g.y)):n.pan(m.x-u.x,m.y-u.y)});let a=c=>{if(r.delete(c.pointerId)&&!o&&c.type==="pointerup"){let u=i(c);n.point(u.x,u.y),n.open(u.x,u.y)}r.size===0&&(o=!1)};t(e,"pointerup",a),t(e,"pointercancel",a),t(e,"pointerleave",c=>{r.has(c.pointerId)?o||r.delete(c.pointerId):n.leave()}),t(e,"wheel",c=>{let m=an(c);if(m===null)return;let{x:u,y:d}=i(c);n.zoom(m,u,d)},{passive:!1})}var go=9,ho=12,bo=8,Oi=.05,Ri=.1;function wo(){let e=0,t=[],n=[];function r(o){let s=t[0],i=e;for(let c=1;c<=o;c++)t[c]??=Xr(s,i),s=t[c],i=Math.ceil(i/2);let l=p("canvas",{width:i,height:i}).getContext("2d");if(!l)return;let a=l.createImageData(i,i);for(let c=0;c<s.length;c++)a.data[4*c+3]=s[c];return l.putImageData(a,0,0),l.globalCompositeOperation="source-atop",{pen:l,colour:""}}return{paint(o,s){e=o.n,t=[Jr(o,s)],n=[]},at(o,s){n[o]??=r(o);let i=n[o];if(!i)return null;let{pen:l}=i;if(i.colour!==s){i.colour=s,l.fillStyle=s;for(let a=0;a<2;a++)l.fillRect(0,0,l.canvas.width,l.canvas.height)}return l.canvas}}}function Fn(e){return e<go?ho:Math.min(ho,e-.5)}function xo(e,t,n){let{view:r,side:o,gutter:s,ratio:i}=n;e.setTransform(i,0,0,i,s*i,0),e.clearRect(-s,0,s+o,o+s),e.save(),e.beginPath(),e.rect(0,0,o,o),e.clip(),Ni(e,t,n),r.cell>=bo&&Wi(e,r,o),Di(e,n),e.restore(),r.cell>=go&&Hi(e,n)}function Ni(e,t,{map:n,view:r,side:o,ratio:s,page:i}){let{x:l,y:a,cell:c}=r,m=Yr(c,s,n.n),u=t.at(m,i.ink);if(!u)return;let d=2**m,[g,w]=[Math.floor(l/d),Math.floor(a/d)],f=Math.min(u.width,Math.ceil((l+o/c)/d))-g,y=Math.min(u.height,Math.ceil((a+o/c)/d))-w,h=d*c,[x,j]=[(g*d-l)*c,(w*d-a)*c];e.imageSmoothingEnabled=m>0,e.drawImage(u,g,w,f,y,x,j,f*h,y*h)}function Wi(e,{x:t,y:n,cell:r},o){e.globalCompositeOperation="destination-out";for(let s=1-t%1;s*r<o;s++)e.fillRect(s*r-.5,0,1,o);for(let s=1-n%1;s*r<o;s++)e.fillRect(0,s*r-.5,o,1)}function Di(e,{map:{n:t,rows:n},view:r,side:o,page:s}){let{x:i,y:l,cell:a}=r,c=(m,u)=>[(m-i)*a,(u-l)*a];e.globalCompositeOperation="destination-over",e.fillStyle=s.soft;for(let[m,u,d]of[[0,n,Oi],[n,t,Ri]]){if(e.globalAlpha=d,a>=bo){for(let g=Math.max(m,Math.floor(l));g<Math.min(u,l+o/a);g++)e.fillRect(...c(0,g),g*a-1,a-1);continue}e.beginPath(),e.moveTo(...c(0,m)),e.lineTo(...c(m,m)),e.lineTo(...c(u,u)),e.lineTo(...c(0,u)),e.fill()}}function Hi(e,{map:t,tokens:n,view:r,side:o,gutter:s,page:i}){let{x:l,y:a,cell:c}=r,m=Fn(c),u=Math.max(1,Math.floor((s-6)/(m*.6))),d=w=>{let f=[...Me(n,w)];return f.length>u?`${f.slice(0,u-1).join("")}…`:f.join("")},g=w=>w>0&&w<o;e.save(),e.fillStyle=i.soft,e.font=`${m}px ${i.font}`,e.textBaseline="middle",e.textAlign="right",e.beginPath(),e.rect(-s,0,s,o),e.rect(0,o,o,s),e.clip();for(let w=Math.floor(a);w<t.n&&(w-a)*c<o;w++){let f=(w+.5-a)*c;g(f)&&e.fillText(d(w),-5,f)}e.rotate(-Math.PI/2);for(let w=Math.floor(l);w<t.n&&(w-l)*c<o;w++){let f=(w+.5-l)*c;g(f)&&e.fillText(d(w),-o-5,f)}e.restore()}var cn=1.5,Bi=640,_i=216,Fi=560,Lt={least:30,most:84,mostNarrow:60,letter:7.25};function yo({keys:e,on:t,signal:n,uid:r},o,s){let i=p("canvas",{class:"jw-map-canvas",tabindex:0,role:"application","aria-roledescription":"map","aria-label":"Map of influence","aria-describedby":`${r}-map-caption`}),l=p("i",{class:"jw-map-row"}),a=p("i",{class:"jw-map-column"}),c=p("i",{class:"jw-map-ring"}),m=p("i",{class:"jw-map-explained"}),u=p("div",{class:"jw-map-marks","aria-hidden":"true"},m,l,a,c),d=p("span",{class:"jw-label jw-map-at-row","aria-hidden":"true"}),g=p("span",{class:"jw-label jw-map-at-column","aria-hidden":"true"}),w=p("div",{class:"jw-map-frame"},i,u,d,g);o.prepend(w);let f=i.getContext("2d"),y=null,h=null,x=null,j=null,M=wo(),P=0,b=Lt.least,k=0,E={x:0,y:0,cell:1},S=!0,A=null,T=0;function v(){T||=requestAnimationFrame(()=>{T=0,B()})}function C(){if(!y||!h||P<=0)return;let O=P<Fi,W=h.labels.reduce((re,ie)=>Math.max(re,ie.length),1),N=O?Lt.mostNarrow:Lt.most;b=Math.round(Math.min(N,Math.max(Lt.least,12+W*Lt.letter)));let ne=Math.min(Bi,(O?P:P-_i)-b-1);k=Math.floor(Math.min(ne,y.n*Wn)),E=S?ft(y.n,k):mt(E,y.n,k),w.style.width=`${b+k}px`,w.style.height=`${k+b}px`,u.style.cssText=`left:${b}px;width:${k}px;height:${k}px`,d.style.width=`${b-5}px`,g.style.maxHeight=`${b-3}px`}function B(){if(!f||!y||!h||k<=0||n.aborted)return;let O=Math.max(1,window.devicePixelRatio||1),[W,N]=[Math.round((b+k)*O),Math.round((k+b)*O)];(i.width!==W||i.height!==N)&&(i.width=W,i.height=N);let ne={ink:getComputedStyle(i).color,soft:getComputedStyle(u).color,font:getComputedStyle(d).fontFamily};xo(f,M,{map:y,tokens:h,view:E,side:k,gutter:b,ratio:O,page:ne}),ee()}function ee(){if(!y||!h)return;let{x:O,y:W,cell:N}=E;if(V(m,j!==null),j!==null){let he=Math.max(0,(Math.min(y.n,j)-O)*N);m.style.cssText=`top:${(j-W)*N}px;height:${N}px;width:${he}px`}for(let he of[l,a,c,d,g])V(he,A!==null);if(!A)return;let{q:ne,t:re}=A,[ie,xe]=[(re-O)*N,(ne-W)*N],ce=Math.max(N,1);l.style.cssText=`top:${xe}px;height:${ce}px;width:${Math.max(0,ie+N)}px`,a.style.cssText=`left:${ie}px;top:${xe}px;width:${ce}px;bottom:0`,c.style.cssText=`left:${ie}px;top:${xe}px;width:${ce}px;height:${ce}px`;let $e=`${Fn(N)}px`;d.style.fontSize=$e,g.style.fontSize=$e,Q(d,Me(h,ne)),Q(g,Me(h,re)),d.style.top=`${Math.max(0,Math.min(k,xe+N/2))}px`,g.style.left=`${b+Math.max(0,Math.min(k,ie+N/2))}px`,g.style.top=`${k+3}px`}function R(O,W=!1){if(!(O?.q===A?.q&&O?.t===A?.t)){if(A=O,O&&y&&W){let N=no(E,O,y.n,k);(N.x!==E.x||N.y!==E.y)&&_(N)}ee(),s.cell(O,W)}}function _(O){y&&(E=O,S=O.cell<=ft(y.n,k).cell*1.0001,i.classList.toggle("is-zoomed",!S),v(),s.view())}let F=(O,W)=>y&&O>=b&&W<k?ro(E,O-b,W,y.rows):null,q=(O,W=k/2,N=k/2)=>{y&&_(eo(E,O,W,N,y.n,k))};fo(i,t,{point:(O,W)=>R(F(O,W)),leave:()=>R(null),open(O,W){let N=F(O,W);N&&s.open(N.q)},pan(O,W){y&&!S&&_(to(E,O,W,y.n,k))},zoom:(O,W,N)=>q(O,W-b,N)}),e.on(i,O=>{if(!Re(O)||!y||y.rows<2)return!1;if(O.key==="+"||O.key==="=")q(cn);else if(O.key==="-")q(1/cn);else if(O.key==="0")_(ft(y.n,k));else if(O.key==="Enter"||O.key===" "){if(!A)return!1;s.open(A.q)}else{let W=oo(A??Y(y),O.key,y.rows);if(!W)return!1;R(W,!0)}return!0});let Y=({rows:O})=>{let W=j!==null&&j>0&&j<O?j:O-1;return{q:W,t:W-1}};t(i,"focus",()=>{y&&y.rows>1&&!A&&i.matches(":focus-visible")&&R(Y(y),!0)}),t(i,"blur",()=>R(null)),t(w,"transitionend",v);let oe=new ResizeObserver(([O])=>{let W=O?.contentRect.width??0;Math.abs(W-P)<1||(P=W,C(),v())});oe.observe(o),n.addEventListener("abort",()=>{oe.disconnect(),cancelAnimationFrame(T)});let te=()=>{n.aborted||(v(),matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change",te,{signal:n,once:!0}))};return{show(O,W,N,ne){let re=y?.n,ie=y===O&&x!==null&&x.scale===N.scale&&x.threshold===N.threshold&&x.vmax===N.vmax&&x.perRow===N.perRow;ie&&h===W&&j===ne||(y===null&&te(),h!==W&&(A=null),[y,h,x,j]=[O,W,N,ne],ie||M.paint(y,x),re!==y.n&&(S=!0),C(),v())},zoom:q,fit(){y&&_(ft(y.n,k))},get fitted(){return S}}}var zn=30;function jo(){let e=p("table",{}),t=p("div",{class:"jw-map-scroll",tabindex:0,role:"region","aria-label":"The map as a table"});t.append(e);let n=p("p",{class:"jw-quiet"}),r=p("details",{class:"jw-map-table"},p("summary",{},"As a table"),n,t),o=null,s=(i,l)=>{let a=(d,g)=>p("th",{scope:g,class:"jw-label"},Me(l,d)),c=Array.from({length:i.n-1},(d,g)=>g),m=p("tr",{},p("td"),...c.map(d=>a(d,"col"))),u=[];for(let d=1;d<i.rows;d++){let g=c.map(w=>p("td",{class:"jw-number"},w<d?le(tt(i,d,w),i.rowMax[d]):""));u.push(p("tr",{},a(d,"row"),...g))}Q(n,`Each row is explained by its columns, in ${i.unit}.`),e.replaceChildren(p("thead",{},m),p("tbody",{},...u))};return{el:r,show(i,l){o!==i&&(o=i,s(i,l))}}}var zi={map:"Whole text",columns:"Answer in columns",arcs:"Answer in arcs"},qi=5,Ui="Point at a cell to see which token moved which. A click explains the row’s token in the text.",ko=e=>{let{wishes:t,dispatch:n,on:r,uid:o,get:s,wish:i}=e,l="map",a=!0,c,m={ok:!0,value:null},u=null,d=[],g=()=>!1,w="",f=null,y="",h=re("View","look",zi,I=>{l=I,G(e.scene())}),x=re("Ink","scale",{row:"Each row by its own maximum",all:"One scale for all"},I=>{a=I==="row",G(e.scene())}),j=ln(e,cn,["Fit","Fit the whole map"],{zoom:I=>C.zoom(I),whole:()=>C.fit()}),M=p("div",{class:"jw-row jw-map-head"},h,x,j.el),P=p("p",{class:"jw-quiet jw-map-caption",id:`${o}-map-caption`}),b=p("div",{class:"jw-number"}),k=p("div",{class:"jw-map-cell"}),E=p("div",{class:"jw-heading"}),S=p("ol",{class:"jw-map-list"}),A=p("p",{class:"jw-quiet"}),T=p("div",{class:"jw-map-aside"},k,b,E,S,A),v=p("div",{class:"jw-map-stage"},T),C=yo(e,v,{cell:xe,open:I=>t.explain(I),view:()=>j.update(!C.fitted)}),B=[p("span",{class:"jw-number"}),p("span",{class:"jw-number"})],ee=p("div",{class:"jw-map-legend jw-quiet"},B[0],p("i",{class:"jw-map-ramp","aria-hidden":"true"}),B[1]),R=jo(),_=po(e),F=mo(e),q=p("div",{class:"jw-live",role:"status"}),Y=p("span",{role:"status"}),oe=p("progress",{class:"jw-meter","aria-label":"Rows computed"}),te=p("button.jw-primary","Compute the map"),O=p("button.jw-link","Stop"),W=p("button.jw-primary","Continue"),N=p("div",{class:"jw-row"},te,W,Y,oe,O);for(let I of[te,W])r(I,"click",()=>i({panel_run:!0}));r(O,"click",()=>i({panel_run:!1}));let ne=p("div",{class:"jw-map"},p("div",{class:"jw-row jw-between jw-map-about"},P,N),M,v,_.el,F.el,ee,R.el,q);function re(I,H,z,Z){let J=Object.entries(z).map(([U,X],se)=>{let ae=p("input",{type:"radio",name:`${o}-map-${H}`,value:U,checked:se===0});return r(ae,"change",()=>Z(U)),p("label",{},ae,X)});return p("div",{class:"jw-map-choice",role:"radiogroup","aria-label":I},...J)}function ie({wish:{scale:I,threshold:H,vmax:z,scope:Z}}){return{scale:I,threshold:H,vmax:f?.scope===Z?z:null,perRow:a}}function xe(I,H){let z=e.scene();n({type:"hover",group:I?Ne(z.starts,I.t):null}),L(z,I),H&&I&&f&&u&&Q(q,lo(f,u,I.q,I.t))}let ce=I=>p("span",{class:"jw-label"},Me(u,I)),$e="",he=null;function $(I,H){let z=`${H.scale},${H.perRow}`;return(he?.map!==I||he.key!==z)&&(he={map:I,key:z,ranks:dt(I,H)}),he.ranks}function L(I,H){if(!f||!u)return;let z=I.wish.position,Z=H?.q??(z!==null&&z>0&&z<f.rows?z:null),J=`${H?.q},${H?.t},${Z},${f.rows},${f.scope},${w},${JSON.stringify(ie(I))}`;if(J===$e)return;$e=J;for(let X of[k,b])V(X,H!==null);for(let X of[E,S])V(X,Z!==null);if(H){let{score:X,place:se}=Bn(f,H.q,H.t);k.replaceChildren(ce(H.q)," ← ",ce(H.t)),Q(b,`${X}, ${se}`)}if(Z===null){Q(A,Ui);return}E.replaceChildren("What moved ",ce(Z)," most");let U=Et(f,Z,ie(I),$(f,ie(I)));S.replaceChildren(...Yt(f,Z,qi,g).map(X=>{let se=_n(f,u,Z,X,U[X]);return se.classList.toggle("is-hot",X===H?.t),se})),Q(A,rn(f,Z))}function G(I){let H=s("map");H!==c&&(c=H,m=Qr(H)),I.tokens!==u&&(u=I.tokens,d=u?Zr(u):[],w=`
`,$e="");let z=I.wish.hide.join();if(z!==w&&u){w=z;let ye=wn(u),Oe=(z.includes("template")?1:0)|(z.includes("delimiters")?2:0);g=xt=>(ye[xt]&Oe)!==0}let Z=m.ok?m.value:null;f=Z&&u&&Z.text===u.text&&Z.n===u.ids.length?Z:null;let J=io({tokens:u,map:f,error:m.ok?null:m.error,kernel:I.state!=="no-kernel",asked:s("panel_run")===!0});Q(Y,J.words),V(N,J.words!==""),V(te,J.button==="compute"),V(W,J.button==="continue"),V(O,J.button==="stop"),V(oe,J.total>0),oe.max=Math.max(1,J.total),oe.value=J.done;let U=f!==null&&f.rows>0,X=U?d.length>0?l:"map":null;V(h,U&&d.length>0);for(let ye of[P,M,ee])V(ye,U);if(V(j.el,X==="map"),V(v,X==="map"),V(R.el,X==="map"&&(u?.ids.length??0)<=zn),V(_.el,X==="columns"),V(F.el,X==="arcs"),!f||!u||X===null)return;Q(P,ao(f,I.wish.scope,X==="map"));let se=ie(I);if(D(f,se),X==="map"){C.show(f,u,se,I.wish.position),u.ids.length<=zn&&R.show(f,u),I.view.hover===null&&L(I,null);return}let ae=JSON.stringify([X,f.text,f.rows,f.scope,f.max,d.length,se,w]);ae!==y&&(y=ae,(X==="columns"?_:F).show({map:f,tokens:u,answer:d,ink:se,hidden:g}))}function D(I,{scale:H,vmax:z}){let Z=H==="share"?"largest share":"strongest",J=H==="rank";Q(B[0],J?"weakest":"0");let U=a?`${Z} of each row`:`${Z} of all`;!a&&(H==="linear"||H==="log")?U=`${le(z??I.max,z??I.max)} ${I.unit}${H==="log"?", logarithmic":""}`:H==="log"&&(U+=", logarithmic"),Q(B[1],U),ee.classList.toggle("is-chips",l!=="map"&&d.length>0)}return{el:ne,update:G}};var vo=`.jw .jw-map {
  margin-top: 6px;
}
.jw .jw-map-head {
  gap: 6px 10px;
  margin: 6px 0 12px;
}
.jw .jw-map-choice {
  display: flex;
  flex-wrap: wrap;
  gap: 0 14px;
  padding: 1px 10px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
}
.jw .jw-map-choice label {
  display: flex;
  gap: 6px;
  align-items: center;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-map-choice input {
  accent-color: var(--jw-fg);
}
.jw .jw-map-about {
  min-height: 30px;
}
.jw .jw-map-stage {
  display: flex;
  flex-wrap: wrap;
  gap: 12px 18px;
  align-items: flex-start;
}
.jw .jw-map-frame {
  position: relative;
  flex: none;
  overflow: hidden;
}
.jw .jw-map-canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  color: var(--jw-ink);
  touch-action: pan-x pan-y;
  cursor: crosshair;
  transition: color 1ms;
}
.jw .jw-map-canvas.is-zoomed {
  touch-action: none;
}
.jw .jw-map-canvas:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-marks {
  position: absolute;
  top: 0;
  overflow: hidden;
  color: var(--jw-mute);
  pointer-events: none;
  transition: color 1ms;
}
.jw .jw-map-marks i {
  position: absolute;
}
.jw .jw-map-row,
.jw .jw-map-column {
  background: color-mix(in srgb, var(--jw-fg) 10%, transparent);
}
.jw .jw-map-row {
  left: 0;
}
.jw .jw-map-ring {
  min-width: 3px;
  min-height: 3px;
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-explained {
  left: 0;
  min-height: 2px;
  border: 1.5px solid var(--jw-accent);
}
.jw .jw-map-at-row,
.jw .jw-map-at-column {
  position: absolute;
  overflow: hidden;
  background: var(--jw-bg);
  color: var(--jw-fg);
  line-height: 1.25;
  text-overflow: ellipsis;
  pointer-events: none;
}
.jw .jw-label.jw-map-at-row,
.jw .jw-label.jw-map-at-column {
  font-size: 12px;
}
.jw .jw-map-at-row {
  left: 0;
  text-align: end;
  transform: translateY(-50%);
}
.jw .jw-map-at-column {
  padding-block: 0;
  padding-inline: 2px;
  text-align: end;
  writing-mode: vertical-rl;
  transform: translateX(-50%) rotate(180deg);
}
.jw .jw-map-aside {
  flex: 1 1 190px;
  min-width: 0;
  min-height: 16.5em;
}
.jw .jw-map-cell {
  font-size: 15px;
  overflow-wrap: anywhere;
}
.jw .jw-map-aside .jw-heading {
  margin-top: 10px;
}
.jw .jw-map-list li,
.jw .jw-map-answer li {
  display: flex;
  gap: 10px;
  align-items: baseline;
  justify-content: space-between;
  padding: 1px 0;
}
.jw .jw-map-list .is-hot {
  background: var(--jw-soft);
}
.jw .jw-map-chip {
  min-width: 0;
  padding: 1px 5px;
  overflow: hidden;
  border-radius: 3px;
  background: color-mix(in srgb, var(--jw-ink) var(--jw-map-weight), transparent);
  text-overflow: ellipsis;
}
.jw .jw-map-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 9px;
  align-items: center;
  margin-top: 8px;
}
.jw .jw-map-ramp {
  width: 130px;
  height: 12px;
  border: 1px solid var(--jw-line);
  background: linear-gradient(90deg, transparent, var(--jw-ink));
  forced-color-adjust: none;
}
.jw .is-chips .jw-map-ramp {
  background: linear-gradient(90deg, transparent, color-mix(in srgb, var(--jw-ink) 58%, transparent));
}
.jw .jw-map-table {
  margin-top: 8px;
}
.jw .jw-map-table summary {
  width: max-content;
  min-height: 24px;
  color: var(--jw-mute);
  cursor: pointer;
}
.jw .jw-map-scroll {
  max-height: 32em;
  overflow: auto;
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-map-table table {
  border-collapse: collapse;
}
.jw .jw-map-table th,
.jw .jw-map-table td {
  padding: 1px 7px;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}

/* The answer */
.jw .jw-map-columns {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(8.5em, 1fr));
  gap: 12px 16px;
  max-height: 36em;
  overflow: auto;
}
.jw .jw-map-answer {
  content-visibility: auto;
  contain-intrinsic-size: auto 9.5em;
}
.jw .jw-map-answer > button {
  display: block;
  width: 100%;
  overflow: hidden;
  border-bottom: 1px solid var(--jw-edge);
  font-weight: 600;
  text-align: start;
  text-overflow: ellipsis;
}
.jw .jw-map-answer > button:hover,
.jw .jw-map-answer li:hover {
  background: var(--jw-soft);
}
.jw .jw-map-answer > button:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-page {
  position: relative;
  padding: 4px 4px 0;
}
.jw .jw-map-arcs {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  pointer-events: none;
}
.jw .jw-map-arcs path {
  fill: none;
  stroke: var(--jw-ink);
}
.jw .jw-map-words {
  position: relative;
  font: 15px / 1.5 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  cursor: default;
}
/* Room for arcs, but not over what the template wrote. */
.jw .jw-map-words span:not(.is-template) {
  line-height: 3.2;
}
.jw .jw-map-words .is-answer {
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-map-words .is-template {
  color: var(--jw-mute);
  font: 0.76em / 1.5 var(--jw-mono);
}
.jw .jw-map-words .is-isolated {
  unicode-bidi: isolate;
}
.jw .jw-map-words .is-lit {
  background: color-mix(in srgb, var(--jw-ink) 22%, transparent);
}
.jw .jw-map-words .is-pointed {
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-said {
  height: 3em;
  margin-top: 6px;
  overflow: hidden;
}
@media (forced-colors: active) {
  .jw .jw-map-canvas {
    color: CanvasText;
  }
  .jw .jw-map-arcs path {
    stroke: CanvasText;
  }
  .jw .jw-map-row,
  .jw .jw-map-column,
  .jw .jw-map-ramp {
    forced-color-adjust: none;
    background: color-mix(in srgb, CanvasText 25%, transparent);
  }
  .jw .jw-map-ramp {
    background: linear-gradient(90deg, Canvas, CanvasText);
  }
  .jw .jw-map-ring,
  .jw .jw-map-explained {
    forced-color-adjust: none;
    outline-color: Highlight;
    border-color: Highlight;
  }
}
`;var $o=`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Jacobian Widget">
<link rel="icon" href="data:,">
<title>%%TITLE%%</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; font: 13px/1.45 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 12px 0 32px; }
h1 { margin: 0; padding: 6px 16px 0; font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
#jw-static { padding: 14px 16px; }
#jw-said { padding: 0 16px; }
@media (prefers-color-scheme: dark) { :root { --jp-layout-color0: #121212; } body { background: #121212; } }
</style>
</head>
<body>
<main>
<h1>%%HEADING%%</h1>
<div id="jw-live"></div>
<div id="jw-static">%%STATIC%%</div>
<p id="jw-said" role="status"></p>
<noscript><p style="padding:0 16px">Without JavaScript this page shows one picture only.</p></noscript>
</main>
<script type="text/plain" id="jw-saved">%%SAVED%%<\/script>
<script>
// A stand-in for the notebook: the traits as they were saved, and nobody who computes.
(async () => {
  "use strict";

  let binary = new Uint8Array(0);
  const bytes = ([begin, length]) => binary.slice(begin, begin + length);

  // Byte planes, so that they compress: all first bytes, then all second ones.
  function unplaned(planes, size) {
    const count = planes.length / size;
    const out = new Uint8Array(planes.length);
    for (let plane = 0; plane < size; plane++) {
      for (let i = 0; i < count; i++) out[i * size + plane] = planes[plane * count + i];
    }
    return out;
  }

  // G = L Lᵀ of each token, from L in whole numbers with one power of two per row.
  function gram({ m, factor, exponents }) {
    const stride = (m * (m + 1)) / 2;
    const whole = unplaned(bytes(factor), 2);
    const entries = new DataView(whole.buffer);
    const powers = new Int8Array(bytes(exponents).buffer);
    const T = whole.length / 2 / (stride || 1);
    const out = new DataView(new ArrayBuffer(4 * T * stride));
    const L = new Float64Array(stride);
    for (let t = 0; t < T; t++) {
      for (let i = 0, at = 0; i < m; i++) {
        for (let k = 0; k <= i; k++, at++) L[at] = entries.getInt16(2 * (at * T + t), true) * 2 ** powers[i * T + t];
      }
      for (let i = 0, at = 0; i < m; i++) {
        for (let j = 0; j <= i; j++, at++) {
          const a = (i * (i + 1)) / 2;
          const b = (j * (j + 1)) / 2;
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += L[a + k] * L[b + k];
          out.setFloat32(4 * (t * stride + at), sum, true);
        }
      }
    }
    return out;
  }

  function revived(value) {
    if (Array.isArray(value)) return value.map(revived);
    if (typeof value !== "object" || value === null) return value;
    if ("$bytes" in value) return new DataView(bytes(value.$bytes).buffer);
    if ("$floats" in value) return new DataView(unplaned(bytes(value.$floats), 4).buffer);
    if ("$gram" in value) return gram(value.$gram);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
  }

  const element = (id) => document.getElementById(id);
  try {
    const packed = Uint8Array.from(atob(element("jw-saved").textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const whole = new Uint8Array(await new Response(stream).arrayBuffer());
    const json = 4 + new DataView(whole.buffer).getUint32(0, true);
    binary = whole.subarray(json);
    const saved = JSON.parse(new TextDecoder().decode(whole.subarray(4, json)));
    const traits = { ...saved.traits, ...saved.code };
    for (const name of Object.keys(saved.traits)) traits[name] = revived(saved.traits[name]);
    const further = (traits._further ?? []).concat(traits.basis);
    const listeners = new Map();
    let written = [];

    const model = {
      widget_manager: { kernel: null },
      get: (name) => traits[name],
      set(name, value) {
        if (traits[name] === value) return;
        traits[name] = value;
        written.push(name);
        model.emit(name);
      },
      save_changes() {
        const names = written;
        written = [];
        if (names.includes("position") || names.includes("text")) {
          const found = further.find((basis) => basis.position === traits.position && basis.text === traits.text);
          if (found) model.answer("basis", found);
        }
        if (names.includes("query")) {
          const sought = traits.query.trim().toLowerCase();
          const items = sought ? traits.basis.predictions.filter((p) => p.piece.toLowerCase().includes(sought)) : [];
          model.answer("matches", { query: traits.query, items });
        }
      },
      answer(name, value) {
        traits[name] = value;
        model.emit(name);
      },
      emit(name) {
        for (const callback of [...(listeners.get(\`change:\${name}\`) ?? [])]) callback();
      },
      on(name, callback) {
        listeners.set(name, (listeners.get(name) ?? new Set()).add(callback));
      },
      off(name, callback) {
        listeners.get(name)?.delete(callback);
      },
    };

    const style = document.createElement("style");
    style.textContent = traits._css;
    document.head.append(style);
    const url = URL.createObjectURL(new Blob([traits._esm], { type: "text/javascript" }));
    const module = await import(url);
    URL.revokeObjectURL(url);
    const widget = await module.default();
    const el = element("jw-live");
    await widget.initialize?.({ model });
    await widget.render({ model, el });
    element("jw-static").remove();
  } catch (error) {
    element("jw-said").textContent = \`Only this picture works in this browser: \${error?.message ?? error}\`;
  }
})();
<\/script>
</body>
</html>
`;var Ki=/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu,Zi=`
	‌‍`,Qi=/^(?:\s*[=+\-@＝＋－＠]|[\t\n])/u,Ji=/[\\`*_[\]<>&|~$#@]|:(?=\/\/)|(?<=^\s*)[+\-=]|(?<=^\s*\d+)[.)]/gmu,Xi={"<":"&lt;",">":"&gt;","&":"&amp;","@":"&#64;",":":"&#58;"},Yi=/^[\p{L}\p{N}](?:.*[\p{L}\p{N}])?$/u,ea=.5,ta=10;function ge(e){return e.replace(Ki,t=>Zi.includes(t)?t:`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function mn({pieces:e}){let t=n=>Math.abs(e[n]?.score??0);return e.flatMap((n,r)=>n.score===null?[]:[r]).sort((n,r)=>t(r)-t(n)||n-r)}function qn(e){let t=new Map,n=null,r=0;for(let o of mn(e)){r++;let s=Math.abs(e.pieces[o]?.score??0),i=n!==null&&Math.abs(e.pieces[n]?.score??0)===s;t.set(o,i?t.get(n):r),n=o}return t}function un(e){if(e===0)return"0";let[t,n]=e.toExponential(5).split("e"),r=Number(n),o=s=>s.includes(".")?s.replace(/\.?0+$/,""):s;return r<-4||r>=6?`${o(t)}e${r<0?"-":"+"}${String(Math.abs(r)).padStart(2,"0")}`:o(e.toFixed(5-r))}var Ct=e=>e===null?null:Number(un(e));function na(e){let t=ge(e),n=Qi.test(t)?`'${t}`:t;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function So(e){let t=qn(e),n=[["start","stop","text",`score [${e.unit}]`,"standard_error","share","place"]];for(let[r,{start:o,stop:s,text:i,score:l,error:a,share:c}]of e.pieces.entries()){let m=l===null?["","","",""]:[un(l),un(a),un(c),String(t.get(r))];n.push([String(o),String(s),na(i),...m])}return n.map(r=>`${r.join(",")}\r
`).join("")}function Mo(e){let t=qn(e),{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:c,signed:m}=e,u=e.pieces.map(({text:w,start:f,stop:y,score:h,error:x,share:j},M)=>({text:w,start:f,stop:y,score:Ct(h),standard_error:h===null?null:Ct(x),share:h===null?null:Ct(j),place:t.get(M)??null})),d={bos_share:Ct(e.bos_share),hidden_share:Ct(e.hidden_share)};return`${JSON.stringify({...{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:c,signed:m},...d,pieces:u},null,1)}
`}function To(e){let t=qn(e),n=[`**${pn(ge(e.question))}**`,"",...ra(e),""];n.push(`| Place | Piece | Score, ${e.unit} | Share |`,"|--:|:--|--:|--:|");for(let r of mn(e).slice(0,ta)){let{label:o,share:s}=e.pieces[r];n.push(`| ${t.get(r)} | ${oa(ge(o))} | ${Eo(e,r)} | ${me(s)} |`)}return`${[...n,"",pn(ge(nt(e)))].join(`
`)}
`}function nt({title:e,model:t,signed:n,rank:r,bos_share:o,hidden_share:s}){let i=[`${e} scope, ${t}`];return n&&i.push("gradient × input"),r!==null&&i.push(`top ${r} direction${r>1?"s":""}`),o!==null&&i.push(`BOS holds ${me(o)}, hidden`),s!==null&&i.push(`hidden tokens hold ${me(s)}`),i.join(" · ")}function ht(e){let{top:t,signed:n,scale:r,unit:o,pieces:s}=e,i=Ao(e),l=mn(e)[0],a=r==="rank"?"weakest":n?`−${le(t,i)}`:"0",m=l!==void 0&&t===i&&s.some(({error:u})=>u>0)?Eo(e,l):le(t,i);return[a,`${m} ${o}${r==="linear"?"":` (${r} scale)`}`]}function Ao({pieces:e}){return e.reduce((t,{score:n})=>Math.max(t,Math.abs(n??0)),0)}function Eo(e,t){let{score:n,error:r}=e.pieces[t],o=mn(e)[0]??0;return Ft(n??0,r,Ao(e),e.pieces[o]?.error??0)}function ra({pieces:e}){let t=[];for(let{text:o,weight:s}of e)for(let i of ge(o).split(/(\s+)/)){if(i==="")continue;let l=s>=ea&&Yi.test(i),a=t.at(-1);a&&a.bold===l?a.text+=i:t.push({text:i,bold:l})}let r=t.map(o=>o.bold?`**${pn(o.text)}**`:pn(o.text)).join("").split(`
`).map(o=>o.trim());return r.map((o,s)=>o===""?">":`> ${o}${r[s+1]?"\\":""}`)}function pn(e){return e.replace(Ji,t=>Xi[t]??`\\${t}`)}function oa(e){if(e==="")return"";let t=Math.max(0,...(e.match(/`+/g)??[]).map(o=>o.length)),n="`".repeat(t+1),r=e.startsWith("`")||e.endsWith("`")?" ":"";return`${n}${r}${e.replaceAll("|","\\|")}${r}${n}`}var sa="33,102,172",ia="178,24,43",aa=.02;function Lo(e,t){let n=[];for(let[l,a]of e.pieces.entries()){let c=l===e.explained?"outline:2px solid #b35806;border-radius:3px":la(a),m=n.at(-1);m&&c===""&&m.style===""?m.shown+=Po(a.text):n.push({shown:Po(a.text),style:c})}let r=n.map(l=>l.style?`<span style="${l.style}">${l.shown}</span>`:l.shown).join(""),[o,s]=ht(e),i=`${o} to ${s} · ${nt(e)} · ${t}`;return`<div style="max-width:860px;overflow-wrap:anywhere"><div style="font:15px system-ui,sans-serif;margin-bottom:8px">${gt(ge(e.question))}</div><div style="white-space:pre-wrap;font:17px/2 system-ui,sans-serif">${r}</div><div style="opacity:.75;font:12.5px system-ui,sans-serif;margin-top:8px">${gt(ge(i))}</div></div>`}function la({score:e,weight:t}){if(e===null)return"opacity:.6";if(t<aa)return"";let n=e<0?ia:sa,r=Math.floor(4*t+.5);return`background:rgba(${n},${(.58*t).toFixed(2)})${r?`;border-bottom:${r}px solid rgb(${n})`:""}`}function Po(e){let t=/^\n*$/.test(e);return gt(t?"↵".repeat(e.length)+e:ge(e))}var ca={"&":"&amp;","<":"&lt;",">":"&gt;",'"':"&quot;","'":"&#x27;"};function gt(e){return e.replace(/[&<>"']/g,t=>ca[t])}var ua="text scope target foil position rank granularity pattern scale threshold vmax palette bars signed hide pinned tokens basis map series".split(" "),pa=9,ma=12,Co=10,da=1e-6;function Oo(e){let t={};for(let n of["_esm","_css","panels"]){let r=e(n);if(typeof r!="string"||r==="")return null;t[n]=r}return t}function Ro({fresh:e,held:t,tokens:n,wish:r,granularity:o},s){if(e||!t)return s;let{basis:i,question:l}=t,{text:a,position:c}=i,m=s("_further"),u=[s("basis"),...Array.isArray(m)?m:[]].find(j=>{let M=Bt(j);return!M.ok||!M.value||M.value.text!==a||M.value.position!==c?!1:l.scope==="fisher"?M.value.fisher!==null:lr(M.value,l)!==null});if(u===void 0)return null;let{scope:d,target:g,foil:w,rank:f,signed:y}=l,h=n?.pattern??r.pattern,x=new Map(Object.entries({text:a,position:c,scope:d,target:g,foil:w,rank:f,granularity:o,pattern:h,basis:u,signed:y===!0}));return j=>x.has(j)?x.get(j):s(j)}async function No(e,t,n,r,o){let s={panel:"",status:{state:"saved"}};for(let a of[...ua,"_further"]){let c=e(a);c!==void 0&&(s[a]=c)}let i=[e("target"),e("foil")];s.basis=Io(s.basis,i),Array.isArray(s._further)&&(s._further=s._further.map(a=>Io(a,i)));let l={TITLE:gt(n),HEADING:gt(r),STATIC:o,SAVED:await fa({traits:s,code:t})};return $o.replace(/%%(\w+)%%/g,(a,c)=>l[c]??"")}function Io(e,t){if(typeof e!="object"||e===null||!("directions"in e))return e;let n=e,r=new Set([...t,n.default_target,n.default_foil,n.actual]),o=n.predictions.filter(({id:m},u)=>u<pa||r.has(m));for(let{id:m}of o)r.add(m);let s=n.directions.length,i=n.directions.flatMap(([,m],u)=>m===null||r.has(m)?[u]:[]);if(i.length===s)return e;let l=i.flatMap(m=>i.filter(u=>u<=m).map(u=>m*(m+1)/2+u)),a=(m,u,d)=>{let g=Ht(m)??new Float32Array,w=new Float32Array(g.length/u*d.length);for(let f=0,y=0;f<g.length;f+=u)for(let h of d)w[y++]=g[f+h];return w},c=s*(s+1)/2;return{...n,predictions:o,directions:i.map(m=>n.directions[m]),gram:a(n.gram,c,l),gram_bos:a(n.gram_bos,c,l),signed:a(n.signed,s,i)}}async function fa(e){let t=[],n=0,r=c=>(t.push(c),n+=c.length,[n-c.length,c.length]),o=new TextEncoder().encode(JSON.stringify(Un(e,r))),s=new DataView(new ArrayBuffer(4));s.setUint32(0,o.length,!0);let i=new Blob([s,o,...t]).stream().pipeThrough(new CompressionStream("deflate-raw")),l=new Uint8Array(await new Response(i).arrayBuffer()),a="";for(let c=0;c<l.length;c+=24576)a+=btoa(String.fromCharCode(...l.subarray(c,c+24576)));return a}function Wo(e){return ArrayBuffer.isView(e)||e instanceof ArrayBuffer}function Un(e,t){return typeof e!="object"||e===null?e:Array.isArray(e)?e.map(n=>Un(n,t)):Wo(e)?{$bytes:t(Do(e))}:"gram"in e&&"directions"in e?ha(e,t):Object.fromEntries(Object.entries(e).map(([n,r])=>[n,Un(r,t)]))}function Do(e){return e instanceof ArrayBuffer?new Uint8Array(e.slice(0)):new Uint8Array(e.buffer,e.byteOffset,e.byteLength).slice()}function ha(e,t){let n=Array.isArray(e.directions)?e.directions.length:0,r=o=>typeof o!="object"||o===null||Array.isArray(o)?o:Wo(o)?{$floats:t(ga(Do(o)))}:Object.fromEntries(Object.entries(o).map(([s,i])=>[s,r(i)]));return Object.fromEntries(Object.entries(e).map(([o,s])=>[o,o==="gram"||o==="gram_bos"?{$gram:ba(Ht(s)??new Float32Array,n,t)}:r(s)]))}function ga(e){let t=new DataView(e.buffer);for(let n=0;n+4<=e.length;n+=4){let r=t.getUint32(n,!0)+(1<<Co-1);t.setUint32(n,r-r%(1<<Co),!0)}return Ho(e,4)}function ba(e,t,n){let r=t*(t+1)/2,o=r>0?e.length/r:0,s=new DataView(new ArrayBuffer(2*o*r)),i=new Int8Array(o*t),l=2**(ma-1)-1;for(let a=0;a<o;a++){let c=wa(e.subarray(a*r,(a+1)*r),t);for(let m=0,u=0;m<t;m++){let d=c.subarray(u,u+m+1),g=d.reduce((f,y)=>Math.max(f,Math.abs(y)),0),w=Math.max(-127,Math.min(127,Math.ceil(Math.log2((g||1)/l))));i[m*o+a]=w;for(let f of d)s.setInt16(2*(u++*o+a),Math.round(f*2**-w),!0)}}return{m:t,factor:n(Ho(new Uint8Array(s.buffer),2)),exponents:n(new Uint8Array(i.buffer))}}function wa(e,t){let n=new Float64Array(e.length),r=(s,i)=>s*(s+1)/2+i,o=(s,i)=>{let l=e[r(s,i)];for(let a=0;a<i;a++)l-=n[r(s,a)]*n[r(i,a)];return l};for(let s=0;s<t;s++){let i=o(s,s),l=i>da*e[r(s,s)]?Math.sqrt(i):0;if(n[r(s,s)]=l,l>0)for(let a=s+1;a<t;a++)n[r(a,s)]=o(a,s)/l}return n}function Ho(e,t){let n=e.length/t,r=new Uint8Array(e.length);for(let o=0;o<n;o++)for(let s=0;s<t;s++)r[s*n+o]=e[o*t+s];return r}var xa={semantic:e=>`What moved the logit of ${e}?`,log_probability:e=>`What moved the probability of ${e}?`,contrast:(e,t)=>`Why ${e} rather than ${t}?`,fisher:()=>"What moved the whole prediction?",temperature:()=>"What moved the model’s confidence?",entropy:()=>"What moved its uncertainty?"};function Bo(e,t){let{tokens:n,picture:r,question:o,starts:s,granularity:i,basis:l,wish:a,explained:c}=ut(e);if(!n||!r||!o||!l)return null;let{scale:m,threshold:u,hide:d}=a,{scope:g,target:w,foil:f,rank:y}=o,h=j=>j===null?"":t(j),x=r.order.reduce((j,M)=>j+(r.shares[M]??0),0);return{question:xa[g](h(w),h(f)),scope:g,title:pe[g].name,unit:Le(o),model:l.model,position:l.position,explained:c,granularity:i,rank:g==="fisher"?y:null,signed:r.signed,scale:m,top:_t(r,a),bos_share:n.bos.length>0&&!r.signed?r.bosShare:null,hidden_share:d.length===0?null:r.signed?(d.includes("template")?r.templateShare:0)+(d.includes("delimiters")?r.delimiterShare:0):Math.max(0,1-r.bosShare-x),pieces:s.map((j,M)=>{let P=(r.rank[M]??0)>0,b=r.scores[M]??0,k=P?$n(b,r,a):0,E=ke(s,M,n.ids.length);return{text:Pe(n,s,M),label:n.labels.slice(j,E).join(""),start:j,stop:E,score:P?b:null,error:P?r.errors?.[M]??0:0,share:P?r.shares[M]??0:0,weight:k>=u?k:0}})}}var Ot="sans-serif",Fe=4,It=4,bt=1.1,_o=/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u,ya={light:{paper:"#ffffff",words:"#111111",quiet:"#595959",ring:"#b35806"},dark:{paper:"#111111",words:"#eeeeee",quiet:"#a8a8a8",ring:"#f0a04b"},transparent:{paper:null,words:"#111111",quiet:"#595959",ring:"#b35806"}};function Vn(e){let t=document.createRange();t.selectNodeContents(e);let n=[...t.getClientRects()].filter(i=>i.width>0),[r]=n;if(!r)return[];if(n.length===1)return[{text:e.data.replaceAll(`
`,""),rect:r}];let o=[],s=0;for(let{segment:i}of new Intl.Segmenter().segment(e.data)){t.setStart(e,s),t.setEnd(e,s+i.length),s+=i.length;let l=t.getClientRects()[0];if(!l||l.width===0)continue;let a=o.at(-1);if(a&&Math.abs(a.rect.top-l.top)<1){a.text+=i;let{left:c,right:m,top:u,bottom:d}=a.rect;a.rect={left:Math.min(c,l.left),right:Math.max(m,l.right),top:u,bottom:d}}else o.push({text:i,rect:l})}return o}function Fo(e,t){e.style.color=t;let n=document.createElement("canvas").getContext("2d",{willReadFrequently:!0});if(!n)return"#2474bd";n.fillStyle=getComputedStyle(e).color,n.fillRect(0,0,1,1);let[r,o,s]=n.getImageData(0,0,1,1).data;return`#${[r,o,s].map(i=>(i??0).toString(16).padStart(2,"0")).join("")}`}function zo(e,t,n){let r=ya[t.ground],o=t.size*Fe,s=(t.width-2*It)*Fe,i=(M,...P)=>{let b=p("div",{},...P);return b.style.cssText=`font-size:${M*o}px;line-height:1.4;unicode-bidi:plaintext`,b},l=new Text(ge(e.question)),a=e.pieces.map(({text:M})=>new Text(ge(M).replace(/\n/g,`↵
`))),c=i(1,...a.map(M=>p("span",{},M)));c.style.lineHeight="1.75";let[m,u]=ht(e).map(M=>new Text(ge(M))),d=p("span");d.style.cssText="display:inline-block;width:8em;height:1em;margin:0 .5em;vertical-align:-.15em";let g=i(.85,p("span",{},m),d,p("span",{},u)),w=new Text(ge(nt(e))),f=p("div",{class:"jw","data-palette":t.palette,"aria-hidden":"true"});f.style.cssText=`position:absolute;left:0;top:0;visibility:hidden;pointer-events:none;max-width:none;padding:0;width:${s}px;font-family:${Ot};font-weight:400;letter-spacing:0;white-space:pre-wrap;overflow-wrap:anywhere;--jw-fg:${r.words};--jw-bg:${r.paper??"#ffffff"}`;let y=i(1,l);y.style.marginBottom=c.style.marginBottom="0.4em";let h=i(.85,w);f.append(y,c,g,h);let x=p("div",{},f);x.style.cssText="position:absolute;width:0;height:0;overflow:hidden",n.append(x);try{let M=Fo(f,"var(--jw-ink)"),P=Fo(f,"var(--jw-negative)"),b=f.getBoundingClientRect(),k=[],E=[],S=q=>(q-b.left)/Fe+It,A=q=>(q-b.top)/Fe+It,T=j(),v=(q,Y,oe)=>{let{rect:te,text:O}=q,W={x:S(te.left),y:A(te.top)+T*Y,width:(te.right-te.left)/Fe,text:O,size:Y,fill:oe},N=E.at(-1);N&&N.fill===oe&&Math.abs(N.y-W.y)<.5&&_o.test(O)&&_o.test(N.text)?(N.text+=O,N.width=Math.max(N.x+N.width,W.x+W.width)-Math.min(N.x,W.x),N.x=Math.min(N.x,W.x)):E.push(W)},C=(q,Y,oe,te,O,W)=>k.push({x:q,y:Y,width:oe,height:te,fill:O,opacity:W,stroke:null});for(let q of Vn(l))v(q,t.size,r.words);for(let[q,Y]of e.pieces.entries()){let oe=q===e.explained,te=(Y.score??0)<0?P:M;for(let O of Vn(a[q])){let{rect:W}=O,N=S(W.left),ne=Math.min(S(W.right),t.width-It)-N,re=A(W.top),ie=(W.bottom-W.top)/Fe;if(oe)k.push({x:N-bt/2,y:re,width:ne+bt,height:ie,fill:null,opacity:1,stroke:r.ring});else if(Y.weight>0&&ne>0){C(N,re,ne,ie,te,.58*Y.weight);let ce=t.size*.22*Y.weight;t.bars&&Y.weight>=1/8&&C(N,(Y.score??0)<0?re:re+ie-ce,ne,ce,te,1)}let xe=Y.score===null&&!oe||/^↵+$/.test(O.text);v(O,t.size,xe?r.quiet:r.words)}}for(let q of[m,u,w])for(let Y of Vn(q))v(Y,t.size*.85,r.quiet);let B=d.getBoundingClientRect(),ee=(q,Y,oe)=>({at:q,fill:Y,opacity:oe}),R=q=>[ee(q,M,0),ee(1,M,.58)],_=e.signed?[ee(0,P,.58),ee(.5,P,0),...R(.5)]:R(0),F={x:S(B.left),y:A(B.top),width:B.width/Fe,height:B.height/Fe,stops:_};return{width:t.width,height:f.getBoundingClientRect().height/Fe+2*It,ground:r.paper,title:ge(e.question),shapes:k,ramp:F,lines:E}}finally{x.remove()}function j(){let M=p("span");M.style.cssText="display:inline-block;width:0;height:0";let P=new Text("x");y.append(P,M);let b=document.createRange();b.selectNodeContents(P);let k=(M.getBoundingClientRect().bottom-b.getBoundingClientRect().top)/o;return P.remove(),M.remove(),k}}var ja=300,ka=16384;async function qo(e){let t=Math.floor(Math.min(ja,72*ka/Math.max(e.width,e.height))),n=t/72,r=document.createElement("canvas");r.width=Math.round(e.width*n),r.height=Math.round(e.height*n);let o=r.getContext("2d");if(!o)throw new Error("this browser has no canvas");o.scale(n,n),e.ground&&(o.fillStyle=e.ground,o.fillRect(0,0,e.width,e.height));for(let{x:a,y:c,width:m,height:u,fill:d,opacity:g,stroke:w}of e.shapes)o.globalAlpha=g,w?(o.strokeStyle=w,o.lineWidth=bt,o.beginPath(),o.roundRect(a,c,m,u,1.5),o.stroke()):(o.fillStyle=d??"transparent",o.fillRect(a,c,m,u));o.globalAlpha=1;let{ramp:s}=e,i=o.createLinearGradient(s.x,0,s.x+s.width,0);for(let{at:a,fill:c,opacity:m}of s.stops)i.addColorStop(a,va(c,m));o.fillStyle=i,o.fillRect(s.x,s.y,s.width,s.height),o.direction="ltr";for(let{x:a,y:c,text:m,size:u,fill:d}of e.lines)o.font=`${u}px ${Ot}`,o.fillStyle=d,o.fillText(m,a,c);let l=await new Promise(a=>r.toBlob(a,"image/png"));if(!l)throw new Error("the picture is too large for this browser");return{blob:$a(new Uint8Array(await l.arrayBuffer()),t),dpi:t}}var va=(e,t)=>e+Math.round(t*255).toString(16).padStart(2,"0");function $a(e,t){let n=new DataView(new ArrayBuffer(21)),r=Math.round(t/.0254);n.setUint32(0,9);for(let[o,s]of[..."pHYs"].entries())n.setUint8(4+o,s.charCodeAt(0));return n.setUint32(8,r),n.setUint32(12,r),n.setUint8(16,1),n.setUint32(17,Sa(new Uint8Array(n.buffer,4,13))),new Blob([e.subarray(0,33),n,e.subarray(33)],{type:"image/png"})}function Sa(e){let t=-1;for(let n of e){t^=n;for(let r=0;r<8;r++)t=t>>>1^(t&1?3988292384:0)}return~t>>>0}var Uo=72/2.54;function Go({width:e,height:t,ground:n,title:r,shapes:o,ramp:s,lines:i}){let l=[`<svg xmlns="http://www.w3.org/2000/svg" width="${be(e/Uo)}cm" height="${be(t/Uo)}cm" viewBox="0 0 ${be(e)} ${be(t)}" font-family="${Ot}">`,`<title>${Vo(r)}</title>`];n&&l.push(`<rect width="${be(e)}" height="${be(t)}" fill="${n}"/>`);for(let{x:c,y:m,width:u,height:d,fill:g,opacity:w,stroke:f}of o){let y=f?`fill="none" stroke="${f}" stroke-width="${bt}" rx="1.5"`:`fill="${g}"${w<1?` fill-opacity="${be(w)}"`:""}`;l.push(`<rect x="${be(c)}" y="${be(m)}" width="${be(u)}" height="${be(d)}" ${y}/>`)}let a=s.stops.map(({at:c,fill:m,opacity:u})=>`<stop offset="${c}" stop-color="${m}" stop-opacity="${u}"/>`);l.push(`<defs><linearGradient id="ramp">${a.join("")}</linearGradient></defs>`,`<rect x="${be(s.x)}" y="${be(s.y)}" width="${be(s.width)}" height="${be(s.height)}" fill="url(#ramp)"/>`);for(let{y:c,size:m,parts:u}of Ma(i)){let d=u.map(({x:g,text:w,fill:f})=>`<tspan x="${be(g)}" fill="${f}">${Vo(w)}</tspan>`);l.push(`<text y="${be(c)}" font-size="${be(m)}" xml:space="preserve">${d.join("")}</text>`)}return`${l.join(`
`)}
</svg>
`}function Ma(e){let t=[];for(let n of e){let r=t.at(-1);r&&r.size===n.size&&Math.abs(r.y-n.y)<.5?r.parts.push(n):t.push({y:n.y,size:n.size,parts:[n]})}return t}var be=e=>String(Math.round(e*1e3)/1e3);function Vo(e){return e.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu,t=>t==="	"?t:"�").replace(/[&<>"]/g,t=>`&#${t.codePointAt(0)};`)}var Ta=String.raw`% Needs \usepackage{xcolor} in the preamble. pdfLaTeX, LuaLaTeX and XeLaTeX all read it.
\begingroup
\definecolor{jwink}{HTML}{2166AC}\definecolor{jwagainst}{HTML}{B2182B}\definecolor{jwring}{HTML}{B35806}%
\def\jwcode#1{\mbox{\ttfamily\scriptsize U+#1}}%
\def\jwu#1#2{\ifdefined\Umathchar\iffontchar\font"#1 #2\else\jwcode{#1}\fi\else\jwcode{#1}\fi}%
\def\jwink#1#2{{\fboxsep0pt\colorbox{jwink!#1!white}{\strut#2}}}%
\def\jwagainst#1#2{{\fboxsep0pt\colorbox{jwagainst!#1!white}{\strut#2}}}%
\def\jwring#1{{\fboxsep0pt\fcolorbox{jwring}{white}{\strut#1}}}%
\def\jwmay{\hskip0pt\relax}%
\def\jwline{\leavevmode\\\relax}%
\setlength{\parindent}{0pt}\raggedright
`,Zo=Math.round(100*.58),Ko=12,Aa=6,Ea="⁰¹²³⁴⁵⁶⁷⁸⁹",Pa=new Set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ–—‘’“”…"),La=new Map([...[..."#$%&_{}"].map(e=>[e,`\\${e}`]),...[...`-,'[]*?!/"=:;@`].map(e=>[e,`{${e}}`]),["\\","\\textbackslash{}"],["~","\\textasciitilde{}"],["^","\\textasciicircum{}"],["<","\\textless{}"],[">","\\textgreater{}"],["|","\\textbar{}"],["`","\\textasciigrave{}"],[" ","~"],["␣","\\textvisiblespace{}"],["↵","$\\hookleftarrow$"],["−","$-$"],["±","$\\pm$"],["×","$\\times$"],["·","$\\cdot$"],["β","$\\beta$"],["⁻","\\textsuperscript{$-$}"],...[...Ea].map((e,t)=>[e,`\\textsuperscript{${t}}`]),["︎",""],["️",""]]);function Qo(e){let[t,n]=ht(e),r=e.pieces.map((l,a)=>Ca(l,a===e.explained)).join(""),o=Array.from({length:8},(l,a)=>Math.round(Zo*a/7)),s=(l,a)=>a.map(c=>`\\${l}{${c}}{\\hspace{0.8em}}`).join(""),i=(e.signed?s("jwagainst",[...o].reverse()):"")+s("jwink",o);return`${Ta}{\\small ${dn(e.question)}}\\par\\smallskip
${r}\\par\\smallskip
{\\footnotesize ${dn(t)} ${i} ${dn(n)}\\\\{}${dn(nt(e))}\\par}
\\endgroup
`}function dn(e){return[...e].map(Jo).join("")}function Jo(e){let t=La.get(e);if(t!==void 0)return t;if(Pa.has(e)||e>=" "&&e<="~")return e;let n=e.codePointAt(0).toString(16).toUpperCase().padStart(4,"0");return e===`
`?"\\jwline{}":e==="	"||/\p{Zs}/u.test(e)?" ":/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u.test(e)?`\\jwcode{${n}}`:`\\jwu{${n}}{${e}}`}function Ca(e,t){return e.text.split(/([ \t]+|\n)/).filter(n=>n!=="").map(n=>Ia(n,e,t)).join("")}function Ia(e,{weight:t,score:n},r){if(e===`
`)return`\\jwline{}
`;if(/^[ \t]+$/.test(e))return e===" "?" ":`\\hspace*{${(.33*e.length).toFixed(2)}em}`;let o=Math.round(Zo*t),s=(n??0)<0?"jwagainst":"jwink";return Oa(e).map(i=>r?`\\jwring{${i}}`:o>0?`\\${s}{${o}}{${i}}`:i).join(`\\jwmay{}%
`)}function Oa(e){let t=[""],n=Ko;for(let r of e){let o=Jo(r),s=/^\\jw(u|code)\{/.test(o)?Aa:1;n<s&&t.at(-1)!==""&&(t.push(""),n=Ko),t[t.length-1]+=o,n-=s}return t}var Ra=72/2.54,Xo=4,Yo=60,Na="The browser keeps its clipboard to itself here. The text is selected: press Ctrl+C, or ⌘C on a Mac.",Wa='This notebook does not hand the widget’s code to the page. In Python: w.to_html("result.html")',Da="What is shown is older than what was asked; the files hold what is shown.",Ha="The picture shown is just being replaced. Save again in a moment.";function Ba(e){let t=e.toLowerCase().match(/[\p{L}\p{N}]+/gu)??[],n="";for(let r of t.slice(0,6))n.length+r.length<40&&(n+=`${n&&"-"}${r}`);return n||"attribution"}function _a(e){return e<1e6?`${Math.max(1,Math.round(e/1e3))} kB`:`${(e/1e6).toFixed(1)} MB`}function es(e){let{on:t,uid:n,root:r}=e,o=p("p",{class:"jw-said",role:"status"}),s=p("textarea",{class:"jw-preview",readonly:!0,spellcheck:"false",rows:7,"aria-label":"What was copied",hidden:!0}),i=p("input",{id:`${n}-width`,class:"jw-size",type:"number",min:Xo,max:Yo,step:.5,value:16}),l=p("input",{id:`${n}-letters`,class:"jw-size",type:"number",min:5,max:30,step:.5,value:10}),a=p("select",{id:`${n}-ground`,class:"jw-chip"},p("option",{value:"light"},"Light"),p("option",{value:"dark"},"Dark"),p("option",{value:"transparent"},"Transparent")),c=[],m=!1;function u(T,v){let C=p("button.jw-chip",T);return c.push(C),t(C,"click",async()=>{let B=Bo(e.scene(),e.label);if(!(!B||m)){m=!0,Q(o,"One moment …");try{Q(o,await v(B))}catch(ee){Q(o,`This did not work: ${ee instanceof Error?ee.message:String(ee)}`)}finally{m=!1}}}),C}function d(T,v){let C=`${Ba(e.scene().tokens?.text??"")}.${v}`,B=URL.createObjectURL(T);return p("a",{href:B,download:C}).click(),setTimeout(()=>URL.revokeObjectURL(B),6e4),V(s,!1),`Saving ${C}, ${_a(T.size)}.`}async function g(T,v){V(s,!0),K(s,"aria-label",`${v}, as copied`),s.value=T;let C=`Copied as ${v}, ${ue([...T].length,"character")}.`;try{return await navigator.clipboard.writeText(T),C}catch{return s.focus(),s.select(),document.execCommand("copy")?C:Na}}function w(T){let v=(ee,R,_,F)=>Math.max(R,Math.min(_,Number(ee.value)||F)),{palette:C,bars:B}=e.scene().wish;return zo(T,{width:v(i,Xo,Yo,16)*Ra,size:v(l,5,30,10),ground:a.value,palette:C,bars:B},r)}let f=(T,v)=>new Blob([T],{type:`${v};charset=utf-8`}),y=u("Save as HTML",async T=>{let v=Oo(e.get);if(!v)return Wa;let C=Ro(e.scene(),e.get);if(!C)return Ha;let B=`${ge(T.question)} · ${T.model}`,ee=ge(`What moved a prediction of ${T.model}`),R=Lo(T,"Static picture: for the rest, this page needs JavaScript.");return d(f(await No(C,v,B,ee,R),"text/html"),"html")}),h=u("Save as SVG",T=>d(f(Go(w(T)),"image/svg+xml"),"svg")),x=u("Save as PNG",async T=>{let{blob:v,dpi:C}=await qo(w(T));return`${d(v,"png").slice(0,-1)}, ${C} dots per inch.`}),j=u("Save as CSV",T=>d(f(`\uFEFF${So(T)}`,"text/csv"),"csv")),M=u("Save as JSON",T=>d(f(Mo(T),"application/json"),"json")),P=u("Copy as Markdown",T=>g(To(T),"Markdown")),b=u("Copy as LaTeX",T=>g(Qo(T),"LaTeX")),k=(T,v,...C)=>[p("span",{class:"jw-caption"},T),p("div",{class:"jw-row"},...C,v?p("span",{class:"jw-quiet"},v):"")],E=(T,v,C)=>p("label",{class:"jw-setting",for:v.id},T,v,C),S=p("p",{class:"jw-quiet",hidden:!0},Da);return{el:p("div",{class:"jw-save"},S,p("div",{class:"jw-ways"},...k("Everything","One file that goes on working without a kernel or a network",y),...k("The picture","",h,x,E("Width",i,"cm"),E("Text size",l,"pt"),E("Background",a,"")),...k("The numbers","",j,M),...k("To paste","",P,b)),o,s),update(T){let v=T.picture===null||T.degenerate;for(let C of c)C.disabled=v;V(S,!v&&!T.fresh),v?Q(o,"There are no scores to save yet."):o.textContent==="There are no scores to save yet."&&Q(o,"")}}}var ts=`.jw .jw-ways {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 10px 16px;
  align-items: baseline;
}
.jw .jw-save .jw-chip {
  padding: 3px 10px;
}
.jw .jw-save select.jw-chip {
  background: var(--jw-bg);
  cursor: pointer;
}
.jw .jw-save .jw-chip:disabled {
  color: var(--jw-mute);
  border-color: var(--jw-line);
}
.jw .jw-save .jw-setting {
  display: inline-flex;
  gap: 6px;
  align-items: baseline;
  color: var(--jw-mute);
  white-space: nowrap;
}
.jw .jw-save .jw-size {
  width: 4.6em;
  min-height: 26px;
  padding: 2px 6px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-bg);
  color: var(--jw-fg);
}
.jw .jw-save .jw-setting .jw-chip {
  color: var(--jw-fg);
}
.jw .jw-save .jw-said {
  min-height: 1.45em;
  margin-top: 12px;
  overflow-wrap: anywhere;
}
.jw .jw-save .jw-preview {
  display: block;
  box-sizing: border-box;
  width: 100%;
  margin-top: 8px;
  padding: 8px 10px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-soft);
  color: var(--jw-fg);
  font: 12px / 1.5 var(--jw-mono);
  resize: vertical;
}
@media (max-width: 560px) {
  .jw .jw-ways {
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
  }
  .jw .jw-ways > .jw-caption {
    margin-top: 6px;
  }
}
`;var ns=3,za=/(?<=[0-9])[,'_’\u00a0\u202f\u2009٬](?=[0-9]{3}(?![0-9]))/g,qa=/^[^\p{L}\p{N}_+.-]*([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[^\p{L}\p{N}_]*$/u;function Ua(e){let t=e.replace(/−/g,"-").replace(/٫/g,".").trim().replace(za,""),n=qa.exec(t);return n?Number(n[1]):null}function Gn(e){let t=e.groups.number,n=[];for(let r=0;r<t.length;r++){let o=t[r],s=ke(t,r,e.ids.length),i=Pe(e,t,r),l=Ua(i);l!==null&&n.push({group:r,start:o,stop:s,value:l,text:i.trim()})}return n}function rs(e,t=Gn(e)){let n=[],r=0,o=!0;for(let l of t){for(;r<l.start;r++)o||=/[\n\r]/.test(e.pieces[r]);o&&n.push([]),o=!1,n.at(-1)?.push(l)}let s=n.filter(l=>l.length>=ns);return(s.length>0?s:t.length>=ns?[[...t]]:[]).map((l,a)=>{let c=l.slice(0,3).map(m=>m.text).join(", ");return{name:`${a+1}: ${c}${l.length>3?" …":""}`,points:l}})}function os(e,t){return t===null?null:e.find(n=>n.stop>t)??null}function ss(e){if(typeof e!="object"||e===null)return null;let t=e;if(typeof t.error=="string")return{error:t.error};if(typeof t.text!="string")return null;let n=i=>{let l=t[i];return Array.isArray(l)&&l.every(c=>Number.isFinite(c))?l:null},r=i=>Number.isFinite(t[i])?t[i]:null,o=n("values"),s=n("p");return!o||!s||o.length!==s.length?{error:"The prediction does not add up."}:{text:t.text,at:r("at"),actual:r("actual"),values:o,p:s,found:s.reduce((i,l)=>i+l,0),unexplored:r("unexplored")??0,other:r("other")??0,computing:t.state==="computing",more:t.more===!0}}function Ke({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++)if(o+=t[s],o>=r*n*(1-1e-12))return e[s];return e.at(-1)??null}function is({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++){let i=e[s];i<r?o+=t[s]:i===r&&(o+=t[s]/2)}return n>0?o/n:0}function as({values:e,p:t},n){let r=e.indexOf(n);return r<0?0:t[r]}function ls(e){if(!(e>0)||!Number.isFinite(e))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(r=>r*t>=e*(1-1e-9))??10)*t}function Kn(e,t,n){let r=ls((t-e)/Math.max(1,n)),o=[];for(let s=Math.ceil(e/r-1e-9);s*r<=t+1e-9*r;s++)o.push(Number((s*r).toPrecision(12)));return o}function cs(e,t){let n=Number.POSITIVE_INFINITY,r=Number.NEGATIVE_INFINITY;for(let{value:c}of e)n=Math.min(n,c),r=Math.max(r,c);let o=r>n?(r-n)/2:Math.max(1,Math.abs(r)/2),s=t&&t.found>0?Ke(t,.02)??n:n,i=t&&t.found>0?Ke(t,.98)??r:r,l={low:Math.max(n-o,Math.min(n,s)),high:Math.min(r+o,Math.max(r,i))},a=(l.high-l.low||o)*.04;return{low:l.low-a,high:l.high+a}}function us(e,t,n){let r=e.values.filter(m=>m>=t.low&&m<=t.high),o=Number.POSITIVE_INFINITY;for(let m=1;m<r.length;m++)o=Math.min(o,r[m]-r[m-1]);let s=(t.high-t.low)/Math.max(1,n),i=ls(Number.isFinite(o)?Math.max(s,o):s),l=new Map,a=0;for(let[m,u]of e.values.entries()){let d=e.p[m];if(u<t.low||u>t.high){a+=d;continue}let g=Math.floor(u/i+.5);l.set(g,(l.get(g)??0)+d)}let c=[...l].sort(([m],[u])=>m-u).map(([m,u])=>({low:Number(((m-.5)*i).toPrecision(12)),p:u}));return{step:i,bins:c,outside:a,most:c.reduce((m,{p:u})=>Math.max(m,u),0)}}var ps={wide:132,narrow:78},Va=520;function ms(e,t,n){let r=Math.min(e/4,12+7*t),o=n?e<Va?ps.narrow:ps.wide:10;return{width:e,left:r,right:e-o,top:10,bottom:210,barTop:236,barBottom:300}}var wt=324;function ds(e,t,n){let r=(e.right-e.left)/(t.to-t.from+1);return{x:o=>e.left+(o-t.from+.5)*r,y:o=>e.bottom-(o-n.low)/(n.high-n.low)*(e.bottom-e.top),index:o=>Math.round((o-e.left)/r+t.from-.5),step:r}}var fe=e=>String(Math.round(e*100)/100);function fs(e,t,n,r,o,s,i,l){let a=Math.max(0,Math.floor(r.from)-1),c=Math.min(e.length-1,Math.ceil(r.to)+1),m={before:"",after:"",dots:"",late:"",rising:"",falling:""},u=l?(n.barTop+n.barBottom)/2:n.barBottom,d=u-n.barTop,g=Math.max(.4,Math.min(7,o.step*.36)),w=Math.min(2.6,o.step*.28);for(let f=a;f<=c;f++){let y=o.x(f),h=o.y(e[f].value),x=`${fe(y)} ${fe(h)}`;f<=s&&(m.before+=`${m.before===""?"M":"L"}${x}`),f>=s&&(m.after+=`${m.after===""?"M":"L"}${x}`),w>=1.2&&(m[f<=s?"dots":"late"]+=`M${fe(y-w)} ${fe(h)}a${fe(w)} ${fe(w)} 0 1 0 ${fe(2*w)} 0a${fe(w)} ${fe(w)} 0 1 0 ${fe(-2*w)} 0`);let j=t[f]??0;if(j===0||!(i>0)||f<r.from-.5||f>r.to+.5)continue;let M=Math.max(.75,Math.abs(j)/i*d)*Math.sign(j),P=`M${fe(y-g)} ${fe(u)}v${fe(-M)}h${fe(2*g)}v${fe(M)}z`;j>0?m.rising+=P:m.falling+=P}return m}function hs({bins:e,step:t,most:n},r,o,s,i){let l="";for(let{low:a,p:c}of e){let m=Math.max(r.top,o.y(a+t)),u=Math.min(r.bottom,o.y(a)),d=Math.min(1,(u-m)/4),g=n>0?Math.max(.5,c/n*(i-s)):0;l+=`M${fe(s)} ${fe(m+d/2)}h${fe(g)}v${fe(Math.max(.5,u-m-d))}h${fe(-g)}z`}return l}function Rt(e,t,n,r,o=4){let s=e.to-e.from+1,i=Math.min(r,Math.max(Math.min(o,r),s/t)),l=(n-e.from+.5)/s,a=n+.5-l*i,c=Math.min(Math.max(0,a),r-i);return{from:c,to:c+i-1}}function gs(e,t,n,r=4){let o=Math.max(0,Math.min(e,t)),s=Math.min(n-1,Math.max(e,t)),i={from:o,to:s};return s-o+1>=r?i:Rt(i,1,(o+s)/2,n,r)}var Ga="http://www.w3.org/2000/svg",Ka=500,fn=2,Za=48,bs=12;function Ee(e,t,...n){let r=document.createElementNS(Ga,e);for(let[o,s]of Object.entries(t))K(r,o,s);return r.append(...n),r}var Ie=e=>Ee("path",{class:`jw-series-${e}`});function ws({keys:e,on:t,signal:n,uid:r},o){let s={after:Ie("after"),before:Ie("line"),dots:Ie("dots"),late:Ie("dots is-late"),rising:Ie("bars"),falling:Ie("bars is-negative")},i=Object.entries(s),l=Ee("g",{class:"jw-series-axes"}),a=Ie("side"),c=Ie("median"),m=Ie("actual"),u=Ee("circle",{class:"jw-series-ring",r:6}),d=Ie("slot"),g=Ie("cursor"),w=Ee("circle",{class:"jw-series-spot",r:4}),f=Ee("rect",{class:"jw-series-brush"}),y=Ee("g",{},l,d,g),h=Ee("clipPath",{id:`${r}-series-clip`},Ee("rect",{})),x=Ee("g",{"clip-path":`url(#${r}-series-clip)`},s.rising,s.falling,s.after,s.before,s.late,s.dots),j=Ee("svg",{"aria-hidden":"true"},h,y,x,a,c,m,u,w,f),M=p("canvas",{"aria-hidden":"true",hidden:!0}),P=p("div",{class:"jw-series-figure",tabindex:0,role:"application","aria-roledescription":"series","aria-label":"Series","aria-describedby":`${r}-series-summary`},M,j),b=null,k={from:0,to:0},E=!0,S=0,A=null,T=null,v=null,C=0,B=()=>b?b.points.length+(b.explained===b.points.length?1:0):0;function ee(){C||=requestAnimationFrame(()=>{C=0,R()})}function R(){if(!b||S<=0||n.aborted)return;let{points:$,next:L,scores:G,cut:D,max:I,signed:H,explained:z}=b,Z=cs($,L),J=Kn(Z.low,Z.high,5),U=Math.max(3,...J.map(Oe=>F(Oe).length),le(I,I).length),X=L&&L.found>0?{bins:us(L,Z,Za),median:Ke(L,.5)}:null;A=ms(S,U,X!==null),T=ds(A,k,Z),K(j,"viewBox",`0 0 ${S} ${wt}`),K(j,"width",S),K(j,"height",wt);let se=h.firstElementChild;for(let[Oe,xt]of Object.entries({x:A.left,y:0,width:Math.max(0,A.right-A.left),height:wt}))K(se,Oe,xt);q(A,T,J,X);let ae=fs($,G,A,k,T,z??D,I,H),ye=$.length>Ka;for(let[Oe,xt]of i)K(xt,"d",ye?null:ae[Oe]);V(M,ye),ye&&_(ae,A),Y(A,T,Z,X),oe()}function _($,L){let G=Math.max(1,devicePixelRatio||1);M.width=Math.round(S*G),M.height=Math.round(wt*G);let D=M.getContext("2d");if(D){D.setTransform(G,0,0,G,0,0),D.beginPath(),D.rect(L.left,0,L.right-L.left,wt),D.clip(),D.lineJoin="round";for(let[I,H]of i){let{fill:z,stroke:Z,strokeWidth:J}=getComputedStyle(H),U=new Path2D($[I]);z!=="none"&&(D.fillStyle=z,D.fill(U)),Z!=="none"&&(D.strokeStyle=Z,D.lineWidth=Number.parseFloat(J)||1,D.stroke(U))}}}function F($){return Math.abs($)>=1e6||$!==0&&Math.abs($)<.001?qe($.toExponential(0)):qe(String(Number($.toPrecision(6))))}function q($,L,G,D){if(!b)return;let I=[],H=(U,X,se,ae,ye="jw-series-tick")=>I.push(Ee("text",{x:U,y:X,"text-anchor":se,class:ye},ae)),z="";for(let U of G){let X=Math.round(L.y(U))+.5;z+=`M${$.left} ${X}H${$.right}`,H($.left-6,X+3.5,"end",F(U))}let Z=b.signed?Math.round(($.barTop+$.barBottom)/2)+.5:$.barBottom+.5;I.unshift(Ee("path",{class:"jw-series-grid",d:z})),I.push(Ee("path",{class:"jw-series-base",d:`M${$.left} ${Z}H${$.right}`})),b.max>0&&H($.left-6,$.barTop+7,"end",le(b.max,b.max)),H($.left-6,Z+3.5,"end","0"),H($.left,$.barTop-8,"start",`Influence, ${b.unit}`,"jw-series-title");let J=Math.max(2,Math.min(12,Math.floor(($.right-$.left)/56)));for(let U of Kn(Math.max(1,k.from+1),Math.max(2,k.to+1),J))Number.isInteger(U)&&H(L.x(U-1),$.barBottom+17,"middle",U.toLocaleString("en"));if(D){let{bins:U,median:X}=D,se=["Predicted",X===null?"":`median ${F(X)}`,U.outside>=.005?`${me(U.outside)} off the axis`:""].filter(ae=>ae!=="");for(let[ae,ye]of se.entries())H($.right+bs,$.bottom+16+14*ae,"start",ye,"jw-series-title")}l.replaceChildren(...I)}function Y($,L,G,D){let{points:I,explained:H}=b,z=H===null?void 0:I[H],Z=H!==null&&H>=k.from-.5&&H<=k.to+.5,J=H===null?0:L.x(H);K(u,"visibility",z&&Z?"visible":"hidden"),z&&(K(u,"cx",J),K(u,"cy",L.y(z.value))),K(d,"d",H!==null&&!z&&Z?`M${J} ${$.top}V${$.bottom}`:"");let U=$.right+bs,X=$.width-4;K(a,"d",D?hs(D.bins,$,L,U,X):"");let se=D?.median??null,ae=Oe=>Oe>=G.low&&Oe<=G.high;K(c,"d",se!==null&&ae(se)?`M${U-6} ${L.y(se)}H${X}`:"");let ye=z?L.y(z.value):0;K(m,"d",D&&z&&ae(z.value)?`M${Z?J+8:$.left} ${ye}H${X}`:"")}function oe(){let $=v===null?void 0:b?.points[v],L=A&&T&&v!==null&&v>=k.from-.5&&v<=k.to+.5;K(w,"visibility",$&&L?"visible":"hidden"),K(g,"d",L&&A&&T?`M${T.x(v)} ${A.top}V${A.barBottom}`:""),$&&L&&T&&(K(w,"cx",T.x(v)),K(w,"cy",T.y($.value)))}function te($){k=$,E=$.from<=0&&$.to>=B()-1,P.classList.toggle("is-zoomed",!E),o.zoomed(),ee()}let O={el:P,draw($){let L=$.points!==b?.points||$.explained!==b?.explained,G=B();b=$,L&&(E||B()!==G||k.to===0)&&te({from:0,to:Math.max(0,B()-1)}),ee()},point($){$!==v&&(v=$,oe())},zoom($){let L=v??(k.from+k.to)/2;te(Rt(k,$,L,B()))},whole:()=>te({from:0,to:Math.max(0,B()-1)}),get zoomed(){return!E}};function W($,L){let G=B(),D=$===null||G===0?null:Math.max(0,Math.min(G-1,$));O.point(D),o.pointed(D,L)}let N=new Map,ne=0,re=!1,ie=$=>$.clientX-P.getBoundingClientRect().left,xe=$=>A!==null&&$>=A.left-4&&$<=A.right+4,ce=$=>T?($-A.left)/T.step+k.from-.5:0;t(P,"pointerdown",$=>{$.button!==0||!xe(ie($))||(ne=ie($),N.set($.pointerId,ne),re=!1)}),t(P,"pointermove",$=>{let L=ie($);if(N.get($.pointerId)===void 0){N.size===0&&W(xe(L)&&T?T.index(L):null,!1);return}if(N.size>1){let[I=0,H=0]=[...N.values()];N.set($.pointerId,L);let[z=0,Z=0]=[...N.values()],J=Math.abs(I-H);J>0&&te(Rt(k,Math.abs(z-Z)/J,ce((z+Z)/2),B())),K(f,"visibility","hidden"),re=!1;return}if(!re&&Math.abs(L-ne)<sn||(re||P.setPointerCapture($.pointerId),re=!0,!A))return;let D=Math.min(A.right,Math.max(A.left,L));K(f,"x",Math.min(ne,D)),K(f,"width",Math.abs(D-ne)),K(f,"y",A.top),K(f,"height",A.barBottom-A.top),K(f,"visibility","visible")});let $e=$=>{let L=N.size===1;N.delete($.pointerId)&&(K(f,"visibility","hidden"),!($.type!=="pointerup"||!L)&&(re?te(gs(Math.round(ce(ne)),Math.round(ce(ie($))),B())):T&&(W(T.index(ne),!1),v!==null&&o.open(v)),re=!1))};t(P,"pointerup",$e),t(P,"pointercancel",$e),t(P,"pointerleave",()=>{N.size===0&&W(null,!1)}),t(P,"dblclick",()=>O.whole()),t(P,"wheel",$=>{let L=an($);L!==null&&te(Rt(k,L,ce(ie($)),B()))},{passive:!1}),t(P,"blur",()=>W(null,!1));function he($){if(W($,!0),v===null)return;let L=k.to-k.from;v<k.from?te({from:v,to:v+L}):v>k.to&&te({from:v-L,to:v})}return e.on(P,$=>{if(!Re($)||!b)return!1;let L=v??b.explained??b.points.length-1;switch($.key){case"ArrowLeft":return he(v===null?L:L-1),!0;case"ArrowRight":return he(v===null?L:L+1),!0;case"Home":return he(0),!0;case"End":return he(B()-1),!0;case"Enter":case" ":return v!==null&&o.open(v),!0;case"+":case"=":return O.zoom(fn),!0;case"-":return O.zoom(1/fn),!0;case"0":return O.whole(),!0;case"Escape":return E?!1:(O.whole(),!0);default:return!1}}),new ResizeObserver(([$])=>{S=Math.floor($?.contentRect.width??0),ee()}).observe(P),j.addEventListener("transitionend",()=>ee(),{signal:n}),n.addEventListener("abort",()=>cancelAnimationFrame(C)),O}function hn(e){return qe(String(Number(e.toPrecision(9))))}function xs(e,t,n,r){let o=t[e];if(!o)return`${Se(e+1)} value: what comes next`;let s=`${Se(e+1)} value: ${o.text}`;return r?`${s}, explained here`:!n||n.rank===0?`${s}, no influence: it comes after the explained number`:`${s}, influence ${n.score} ${n.unit} (${Se(n.rank)} of ${n.scored.toLocaleString("en")}), ${n.share} of the influence`}function ys(e){let t=Ke(e,.5),n=Ke(e,.25),r=Ke(e,.75);if(t===null||n===null||r===null||e.found===0)return"";let o=n===r?"":`, half of it from ${hn(n)} to ${hn(r)}`,s=`The model expects ${hn(t)} (median${o}).`;if(e.actual===null)return s;let i=as(e,e.actual),l=me(is(e,e.actual)),a=i>0?`it had ${Je(i)}`:"it is not among the values found";return`${s} The text says ${hn(e.actual)}: ${a}, and ${l} of the prediction lies below it.`}function js(e){let t=[`${ue(e.values.length,"value")} found with ${Je(e.found)} of the probability`];return e.unexplored>=5e-4&&t.push(`${Je(e.unexplored)} not followed to the end of a number`),e.other>=5e-4&&t.push(`${Je(e.other)} is no number`),`${t.join(", ")}.`}var Zn=1e3,ks=({basis:e,wish:t})=>e?e.position:t.position;function Qa({start:e,stop:t},n){return n===null||t-e<2||n<e?"":`, by its ${Se(n-e+1)} of ${t-e} tokens`}function vs(e){let{wishes:t,wish:n,get:r,dispatch:o,on:s,uid:i}=e,l=p("select",{class:"jw-chip","aria-label":"Series"}),a=p("label",{class:"jw-row"},"Series",l),c=ws(e,{pointed:($,L)=>oe($,L),open:$=>O($),zoomed:()=>m.update(c.zoomed)}),m=ln(e,fn,["All","Show the whole series"],c),u=p("div",{class:"jw-row jw-series-head"},a,m.el),d=p("p",{class:"jw-series-readout jw-number"}),g=p("p",{class:"jw-series-summary",id:`${i}-series-summary`}),w=p("span",{class:"jw-quiet"}),f=p("button.jw-link","Look further"),y=p("div",{class:"jw-live",role:"status"}),h=p("tbody"),x=p("p",{class:"jw-quiet",hidden:!0}),j=p("th",{scope:"col"},"Influence"),M=p("details",{class:"jw-series-table"},p("summary",{},"The same as a table"),p("div",{class:"jw-series-scroll",tabindex:0,role:"region","aria-label":"Values and their influence"},p("table",{},p("thead",{},p("tr",{},...["","Value"].map($=>p("th",{scope:"col"},$)),j,p("th",{scope:"col"},"Rank"))),h)),x),P=p("button.jw-link","Load one of the examples"),b=p("p",{class:"jw-quiet",hidden:!0},"No series here: this view takes three or more numbers, as in 412,398,377. ",P),k=p("div",{},g,p("p",{class:"jw-series-coverage"},w," ",f)),E=p("div",{class:"jw-series"},b,u,c.el,d,k,M,y),S=null,A=[],T=[],v=null,C=null,B=null,ee=[],R=null,_,F=null,q="",Y=null;s(l,"change",()=>{v=Number(l.value),$e(e.scene())}),s(f,"click",()=>n({panel_run:!0})),s(P,"click",()=>t.panel("examples")),s(M,"toggle",()=>ie());function oe($,L){R=$;let G=$===null?void 0:C?.points[$],{starts:D}=e.scene();o({type:"hover",group:G?Ne(D,G.start):null}),te($),L&&$!==null&&Q(y,d.textContent??"")}function te($){if(!C||!B)return;let G=e.scene().state==="no-kernel"?"Dragging":"A click explains the first token of a number; dragging";Q(d,$===null?`Point at a value, or walk with the arrow keys. ${G} zooms in.`:xs($,C.points,ee[$]??null,$===B.explained)),d.classList.toggle("jw-quiet",$===null)}function O($){let L=C?.points[$];if(!L){t.explain(null);return}S&&Wt(S,S.groups.token,Ne(S.groups.token,L.start))&&t.explain(L.start)}function W($){let L=r("series");L!==_&&(_=L,F=ss(L)),$.tokens!==S&&(S=$.tokens,A=S?Gn(S):[],T=S?rs(S,A):[],v=null,l.replaceChildren(...T.map(({name:G},D)=>p("option",{value:D},G))))}function N($){let L=v??($?T.findIndex(G=>G.points.includes($)):-1);return T[L]??T.at(-1)??null}function ne($,L){let{basis:G,question:D}=$,I=G&&D&&S?e.picture(G,S,D,"number"):null;if(ee=L.points.map(()=>null),!I||!G||!D||$.degenerate)return{scores:L.points.map(()=>0),cut:L.points.length,max:0,signed:!1,unit:D?Le(D):""};let H=L.points.findIndex(se=>se.start>=G.end),z=H<0?L.points.length:H,Z=L.points.map(({group:se},ae)=>ae<z?I.scores[se]:0),J=Z.slice(0,z).map((se,ae)=>ae);J.sort((se,ae)=>Math.abs(Z[ae])-Math.abs(Z[se])||se-ae);let U=Le(D);for(let[se,ae]of J.entries()){let{group:ye}=L.points[ae];ee[ae]={score:Be(I,ye),unit:U,rank:se+1,scored:z,share:me(I.shares[ye])}}let X=J.length>0?Math.abs(Z[J[0]]):0;return{scores:Z,cut:z,max:X,signed:I.signed,unit:U}}function re($){return!F||"error"in F||!S?null:F.text===S.text&&F.at===($?.start??null)?F:null}function ie(){if(!M.open||!C||!B)return;let{explained:$}=B,L=C.points.slice(0,Zn);h.replaceChildren(...L.map((G,D)=>{let I=ee[D],H=p("tr",{},p("th",{scope:"row"},(D+1).toLocaleString("en")),p("td",{},G.text),p("td",{},I?I.score:D===$?"explained":""),p("td",{},I?Se(I.rank):""));return H.classList.toggle("is-explained",D===$),H})),Q(j,B.unit?`Influence, ${B.unit}`:"Influence"),V(x,C.points.length>Zn),Q(x,`The first ${Zn.toLocaleString("en")} of ${ue(C.points.length,"value")}.`)}function xe($,L,G){let{points:D}=L,I=B?.explained??null,H=I===null?"":I<D.length?`Explained here: the ${Se(I+1)} value${Qa(D[I],ks($))}.`:"The prediction explained is the next value.",z=ee.findIndex(X=>X?.rank===1),Z=ee[z],J=Z?`The ${Se(z+1)} value, ${D[z]?.text}, moved it most: ${Z.score} ${Z.unit}.`:"",U=[`${ue(D.length,"value")}.`,H,J,G?ys(G):""];Q(g,U.filter(X=>X!=="").join(" ")),g.classList.toggle("is-stale",!$.fresh)}function ce($,L){let G=F&&"error"in F?F.error:"",D="";if(G)D=`The next values could not be predicted: ${G}`;else if(L)D=js(L)+(L.computing?" Looking further …":"");else if(B?.explained!==null&&C){let I=B?.explained===C.points.length?"the next value":"this value";$.status.state==="saved"?D=`The distribution of ${I} was not saved.`:$.state==="no-kernel"?D=`The distribution of ${I} needs a running kernel.`:D="Asking the model for its next values …"}Q(w,D),V(f,!G&&L?.more===!0&&!L.computing&&$.state!=="no-kernel"&&r("panel_run")!==!0)}function $e($){let L=ut($);W(L);let G=os(A,ks(L));C=N(G);let D=C!==null&&S!==null;V(b,!D&&S!==null);for(let se of[u,c.el,d,k,M])V(se,D);if(!C||!S)return;V(a,T.length>1);let I=T.indexOf(C);l.value!==String(I)&&(l.value=String(I));let H=re(G),z=G?C.points.indexOf(G):I===T.length-1?C.points.length:-1,Z=z<0?null:H,J=JSON.stringify([L.question,L.wish.hide,L.basis?.position,L.basis?.complete,z,L.degenerate]);(J!==q||B?.points!==C.points||B?.next!==Z||B===null||L.basis!==Y)&&(q=J,Y=L.basis,B={points:C.points,...ne(L,C),explained:z<0?null:z,next:Z},c.draw(B),K(c.el,"aria-label",`Series of ${ue(C.points.length,"value")}`),ie()),c.el.classList.toggle("is-stale",!L.fresh),xe(L,C,Z),ce(L,H);let X=L.pointed===null||R!==null?R:he(L.pointed,L);c.point(X),te(X)}function he($,{starts:L}){let G=L[$];if(G===void 0||!C||!S)return null;let D=ke(L,$,S.ids.length),I=C.points.findIndex(H=>H.start<D&&H.stop>G);return I<0?null:I}return{el:E,update:$e}}var $s=`.jw .jw-series-head {
  justify-content: space-between;
  min-height: 28px;
}
.jw .jw-series select {
  max-width: min(24em, 60vw);
  background: var(--jw-bg);
}
.jw .jw-series-figure {
  position: relative;
  height: 324px;
  margin-top: 4px;
  cursor: crosshair;
  touch-action: pan-y;
  user-select: none;
}
.jw .jw-series-figure svg,
.jw .jw-series-figure canvas {
  position: absolute;
  top: 0;
  inset-inline-start: 0;
  width: 100%;
  height: 100%;
  overflow: visible;
}
.jw .jw-series-figure svg {
  fill: none;
}
.jw .jw-series-tick,
.jw .jw-series-title {
  fill: var(--jw-mute);
  font: 11px var(--jw-ui);
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-grid {
  stroke: var(--jw-line);
}
.jw .jw-series-base {
  stroke: var(--jw-edge);
}
.jw .jw-series-line {
  stroke: var(--jw-fg);
  stroke-width: 1.5px;
  stroke-linejoin: round;
  transition: stroke 1ms;
}
.jw .jw-series-after {
  stroke: var(--jw-edge);
  stroke-width: 1.2px;
  stroke-dasharray: 3 3;
}
.jw .jw-series-dots {
  fill: var(--jw-fg);
  stroke: none;
}
.jw .jw-series-dots.is-late {
  fill: var(--jw-edge);
}
.jw .jw-series-bars {
  fill: var(--jw-ink);
  stroke: none;
}
.jw .jw-series-bars.is-negative {
  fill: var(--jw-negative, var(--jw-edge));
}
.jw .is-stale .jw-series-bars {
  fill: var(--jw-edge);
}
.jw .jw-series-side {
  fill: color-mix(in srgb, var(--jw-fg) 38%, var(--jw-bg));
  stroke: none;
}
.jw .jw-series-median {
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-actual {
  stroke: var(--jw-accent);
  stroke-width: 1.5px;
  stroke-dasharray: 2 3;
}
.jw .jw-series-ring {
  stroke: var(--jw-accent);
  stroke-width: 2px;
}
.jw .jw-series-slot {
  stroke: var(--jw-accent);
  stroke-width: 2px;
  stroke-dasharray: 4 4;
}
.jw .jw-series-cursor {
  stroke: var(--jw-mute);
}
.jw .jw-series-spot {
  fill: var(--jw-bg);
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-brush {
  fill: color-mix(in srgb, var(--jw-fg) 12%, transparent);
  stroke: var(--jw-edge);
}
.jw .jw-series p {
  max-width: 84ch;
  margin-top: 6px;
}
.jw .jw-series-readout {
  min-height: 1.45em;
}
.jw .jw-series-summary.is-stale {
  color: var(--jw-mute);
}
.jw .jw-series-table {
  margin-top: 8px;
}
.jw .jw-series-table summary {
  width: max-content;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-series-scroll {
  max-height: 20em;
  overflow: auto;
}
.jw .jw-series-table table {
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-table th,
.jw .jw-series-table td {
  padding: 1px 14px 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}
.jw .jw-series-table thead th {
  position: sticky;
  top: 0;
  background: var(--jw-bg);
  color: var(--jw-mute);
  font-size: 12px;
}
.jw .jw-series-table tbody th {
  color: var(--jw-mute);
}
.jw .jw-series-table .is-explained td {
  color: var(--jw-accent);
}
@media (forced-colors: active) {
  .jw .jw-series-figure svg {
    forced-color-adjust: none;
  }
  .jw .jw-series-line,
  .jw .jw-series-median,
  .jw .jw-series-base,
  .jw .jw-series-spot {
    stroke: CanvasText;
  }
  .jw .jw-series-dots,
  .jw .jw-series-tick,
  .jw .jw-series-title {
    fill: CanvasText;
  }
  .jw .jw-series-side {
    fill: GrayText;
  }
  .jw .jw-series-bars {
    fill: Highlight;
  }
  .jw .jw-series-ring,
  .jw .jw-series-actual,
  .jw .jw-series-slot {
    stroke: Highlight;
  }
}
`;var Ss=`.jw .jw-zoom {
  display: flex;
  gap: 2px;
  margin-inline-start: auto;
}
.jw .jw-zoom .jw-tool {
  border: 1px solid var(--jw-line);
}
.jw .jw-zoom .jw-tool:disabled {
  background: none;
  color: var(--jw-edge);
}
`;var Tm={compare:Cr,map:ko,series:vs,examples:Rr,help:Fr,save:es},Am=[Ir,vo,$s,Nr,zr,ts,Ss].join(`
`);export{Am as css,Tm as panels};
